#!/usr/bin/env python3
# ruff: noqa
# fmt: off
"""Black-box key->sound probe for any program that exposes a JACK MIDI input and a JACK audio output.

Sends note-ons at exact frames, records the output, prints one JSON object.
Two JACK clients are used (tx: MIDI out, rx: audio in) so the graph is tx -> program -> rx with
no feedback loop: the measured latency is the program's own, to the frame (a program that answers
in its process callback measures 0 frames). The hardware's output latency (block x periods) is NOT in it.

  python jack_probe.py --midi-port 'synth:midi_in' --audio-port 'synth:out_1' --notes 200
  python jack_probe.py --launch 'python synth.py --mode sine' --midi-port ... --audio-port ... [--max-p99-ms 10 --max-xruns 0]
Needs: JACK-Client, numpy, a JACK server (JACK_DEFAULT_SERVER or --server). Exit 0 ok, 1 limit violated, 2 could not run.
"""
import argparse, gc, json, os, shlex, signal, subprocess, sys, time
import numpy as np

def args_():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a = p.add_argument
    a('--midi-port', required=True, help='JACK name (or regex) of the MIDI input of the program under test')
    a('--audio-port', required=True, nargs='+', help='JACK name(s) (or regex) of its audio output(s); the first one with sound is used for onsets')
    a('--server', help='JACK server name'); a('--launch', help='command to start (and stop with SIGINT) around the measurement')
    a('--wait', type=float, default=20, help='seconds to wait for the ports'); a('--settle', type=float, default=1.0)
    a('--notes', type=int, default=200); a('--note-ms', type=float, default=60); a('--gap-ms', type=float, default=70)
    a('--note', type=int, default=69); a('--velocity', type=int, default=100); a('--channel', type=int, default=0)
    a('--on-bytes', help="hex bytes instead of a note-on, e.g. 'b0 07 7f'"); a('--off-bytes')
    a('--sustain', type=float, default=0, help='after the notes hold one note for S seconds and look for dropouts')
    a('--threshold', type=float, default=1e-3, help='onset: |x| above max(threshold, 4 x peak just before the note)')
    a('--max-latency-ms', type=float, default=0, help='later counts as missed (default: note+gap length)')
    a('--drop-frames', type=int, default=16, help='a run of that many (near) zeros inside a sounding note is a dropout')
    a('--drop-eps', type=float, default=1e-9); a('--seed', type=int, default=1)
    a('--baseline', type=float, default=0, help='seconds to count xruns with only the probe connected to nothing')
    a('--freewheel', action='store_true', help='run the server in freewheel mode: faster than real time, no xruns, repeatable (the program must wait for its own worker)')
    a('--wav', help='save the recording (float32 .npy or 16-bit .wav)'); a('--raw', action='store_true', help='all latencies in the JSON')
    a('--max-p99-ms', type=float); a('--max-jitter-ms', type=float, help='limit on p99-p1 spread'); a('--max-xruns', type=int); a('--max-dropouts', type=int)
    return p.parse_args()

def runs_of_true(m):
    d = np.diff(np.concatenate(([0], m.view(np.int8), [0])))
    return np.flatnonzero(d == 1), np.flatnonzero(d == -1)

def pct(v, *q): return [float(x) for x in np.percentile(v, q)]

def main():
    A = args_()
    if A.server: os.environ['JACK_DEFAULT_SERVER'] = A.server
    import jack
    jack.set_error_function(lambda m: None); jack.set_info_function(lambda m: None)
    box = []                                       # the program is started after the baseline
    def start():
        if A.launch: box.append(subprocess.Popen(shlex.split(A.launch), stdout=sys.stderr, start_new_session=True))
        return box[0] if box else None
    try:
        return measure(A, jack, start)
    finally:
        child = box[0] if box else None
        if child and child.poll() is None:
            os.killpg(child.pid, signal.SIGINT)
            try: child.wait(5)
            except subprocess.TimeoutExpired: os.killpg(child.pid, signal.SIGKILL)

def measure(A, jack, start):
    try:
        tx = jack.Client('probe_tx', no_start_server=True); rx = jack.Client('probe_rx', no_start_server=True)
    except jack.JackOpenError as e:
        print(json.dumps({'error': 'no JACK server: %s' % e})); return 2
    sr, bs = tx.samplerate, tx.blocksize
    mo = tx.midi_outports.register('midi_out'); ai = [rx.inports.register('in_%d' % (i+1)) for i in range(len(A.audio_port))]
    ms = lambda x: int(round(x * sr / 1000))
    period = ms(A.note_ms + A.gap_ms); rng = np.random.default_rng(A.seed)
    on = bytes.fromhex(A.on_bytes) if A.on_bytes else bytes((0x90 | A.channel, A.note, A.velocity))
    off = bytes.fromhex(A.off_bytes) if A.off_bytes else bytes((0x80 | A.channel, A.note, 0))
    rel, sched = ms(300), []                       # 300 ms pre-roll: floor; note phase random in the block
    for i in range(A.notes):
        t = rel + i*period + int(rng.integers(0, max(bs, ms(10))))
        sched += [(t, on, i), (t + ms(A.note_ms), off, -1)]
    end = rel + A.notes*period + ms(200)
    sus = None
    if A.sustain:
        sus = (end, end + int(A.sustain*sr)); sched += [(sus[0], on, A.notes), (sus[1], off, -1)]; end = sus[1] + ms(300)
    N = end + 16*bs
    buf = np.zeros((len(ai), N), 'f4'); got = np.zeros(N, bool)
    st = dict(start=None, i=0, late=0, expect=None, gaps=0, gapframes=0, cycles=0, xr=0, xrmax=0.0, done=False, first=None)
    sent = np.full(A.notes + 1, -1, np.int64); sentoff = np.full(A.notes + 1, -1, np.int64)

    def txcb(frames):
        mo.clear_buffer()
        s = st['start']
        if s is None: return
        now = (tx.last_frame_time - s) & 0xffffffff
        if now >= 0x80000000: return               # start lies in the future
        while st['i'] < len(sched) and sched[st['i']][0] < now + frames:
            t, b, k = sched[st['i']]; o = t - now
            if o < 0: o = 0; st['late'] += 1       # tx itself missed a cycle; the true send frame is kept
            mo.write_midi_event(o, b)
            if k >= 0: sent[k] = now + o
            else: sentoff[(sched[st['i']-1][2])] = now + o
            st['i'] += 1
    def rxcb(frames):
        s = st['start']
        if s is None: return
        now = (rx.last_frame_time - s) & 0xffffffff
        if now >= 0x80000000: return
        if st['expect'] is not None and now != st['expect']: st['gaps'] += 1; st['gapframes'] += now - st['expect']
        st['expect'] = now + frames; st['cycles'] += 1
        if now + frames > N: st['done'] = True; return
        for c, p in enumerate(ai): buf[c, now:now+frames] = p.get_array()
        got[now:now+frames] = True
    def xrun(d): st['xr'] += 1; st['xrmax'] = max(st['xrmax'], float(d))
    rx.set_xrun_callback(xrun); tx.set_process_callback(txcb); rx.set_process_callback(rxcb)
    gc.collect(); gc.freeze(); gc.disable(); sys.setswitchinterval(1e-4)
    tx.activate(); rx.activate()
    base_x = None
    if A.baseline:
        st['xr'] = 0; time.sleep(A.baseline); base_x = st['xr']
    child = start()
    def find(pat, **k):
        e = time.time() + A.wait
        while time.time() < e:
            if child and child.poll() is not None: raise SystemExit('program under test ended with %s' % child.returncode)
            for p in (pat, '^' + pat + '$'):
                try: return rx.get_port_by_name(p)
                except jack.JackError: pass
            l = rx.get_ports(pat, **k)
            if l: return l[0]
            time.sleep(.1)
        print(json.dumps({'error': 'no port matches %r' % pat, 'ports': [p.name for p in rx.get_ports()]})); raise SystemExit(2)
    mp = find(A.midi_port, is_midi=True, is_input=True); ap = [find(a, is_audio=True, is_output=True) for a in A.audio_port]
    for src, dst in [(mo, mp)] + list(zip(ap, ai)):
        e = time.time() + A.wait
        while True:                                # ports exist before their client is activated: retry
            try: rx.connect(src, dst); break
            except jack.JackErrorCode:
                if time.time() > e: raise
                time.sleep(.05)
    time.sleep(A.settle)
    st['xr'] = 0; st['xrmax'] = 0.0
    if A.freewheel: rx.set_freewheel(True); time.sleep(.1)
    st['start'] = (rx.last_frame_time + 8*bs) & 0xffffffff
    t0 = time.time(); loads = []
    while not st['done'] and time.time() - t0 < N/sr + 10:
        time.sleep(.05); loads.append(rx.cpu_load())
    wall = time.time() - t0; complete = st['done']; rt = bool(rx.realtime)
    if A.freewheel: rx.set_freewheel(False); time.sleep(.1)
    xr, xrmax = st['xr'], st['xrmax']
    mpname, apnames = mp.name, [p.name for p in ap]
    tx.deactivate(); rx.deactivate(); tx.close(); rx.close()

    bad = ~np.isfinite(buf); x = np.where(bad, 0, buf)
    ch = int(np.argmax(np.abs(x).max(axis=1))); y = x[ch]; ay = np.abs(y)
    floor = float(ay[:rel].max()) if rel else 0.0
    maxlat = ms(A.max_latency_ms) if A.max_latency_ms else period
    lat, missed, unreliable, drops, dropframes = [], 0, 0, 0, 0
    pre = ms(5)
    segs = [(k, sent[k], sentoff[k]) for k in range(A.notes + (1 if sus else 0)) if sent[k] >= 0]
    for k, a, b in segs:
        p0 = float(ay[max(0, a-pre):a].max()) if a else 0.0
        thr = max(A.threshold, 4*p0)
        if p0 > A.threshold: unreliable += 1
        w = ay[a:a+maxlat] > thr
        j = int(np.argmax(w)) if w.any() else -1
        if j < 0: missed += 1; continue
        lat.append(j)
        if b > 0:                                    # zeros inside the sounding part
            s, e = runs_of_true((ay[a+j:b] <= A.drop_eps) & got[a+j:b])   # frames the probe itself missed do not count
            ln = (e - s)[(e - s) >= A.drop_frames]; drops += len(ln); dropframes += int(ln.sum())
    blk = y[:N//bs*bs].reshape(-1, bs)
    rep = int(((blk[1:] == blk[:-1]).all(1) & (np.abs(blk[1:]).max(1) > A.threshold)).sum())
    f2ms = 1000.0/sr; out = dict(samplerate=sr, block=bs, block_ms=round(bs*f2ms, 3), realtime=rt, complete=complete, freewheel=A.freewheel, seconds=round(N/sr, 2), wall_s=round(wall, 2),
        midi_port=mpname, audio_port=apnames[ch], notes_sent=int((sent[:A.notes] >= 0).sum()), notes_heard=len(lat) - (1 if sus and len(lat) > A.notes - missed else 0), notes_missed=missed, onset_unreliable=unreliable)
    if lat:
        l = np.array(lat[:A.notes] if sus else lat); p1, p50, p99 = pct(l, 1, 50, 99)
        out['latency_frames'] = dict(min=int(l.min()), p50=p50, p99=p99, max=int(l.max()))
        out['latency_ms'] = {k: round(v*f2ms, 3) for k, v in out['latency_frames'].items()}
        out['jitter_ms'] = dict(std=round(float(l.std())*f2ms, 3), p99_minus_p1=round((p99-p1)*f2ms, 3), peak_to_peak=round(float(np.ptp(l))*f2ms, 3))
        if A.raw: out['all_frames'] = l.tolist()
    out.update(xruns=xr, xrun_max_us=round(xrmax, 1), baseline_xruns=base_x, probe_lost_cycles=st['gaps'], probe_lost_frames=int(st['gapframes']), probe_late_events=st['late'],
        dropouts=drops, dropout_frames=dropframes, repeated_blocks=rep, peak=round(float(ay.max()), 5), clipped=int((np.abs(x) > 1).sum()),
        nan_count=int(bad.sum()), silence=bool(ay.max() < A.threshold), floor_peak=floor, max_step=round(float(np.abs(np.diff(y)).max()), 5),
        recorded_fraction=round(float(got[:end].mean()), 5), dsp_load_pct=dict(p50=round(float(np.median(loads)), 1), max=round(float(max(loads)), 1)))
    if A.wav:
        if A.wav.endswith('.npy'): np.save(A.wav, buf)
        else:
            import wave
            with wave.open(A.wav, 'wb') as w:
                w.setnchannels(len(ai)); w.setsampwidth(2); w.setframerate(sr); w.writeframes((np.clip(x, -1, 1).T*32767).astype('<i2').tobytes())
    why = []
    if not complete: why.append('incomplete recording')
    if out['silence']: why.append('silence')
    if out['nan_count']: why.append('NaN')
    if lat and A.max_p99_ms is not None and out['latency_ms']['p99'] > A.max_p99_ms: why.append('p99 latency')
    if lat and A.max_jitter_ms is not None and out['jitter_ms']['p99_minus_p1'] > A.max_jitter_ms: why.append('jitter')
    if A.max_xruns is not None and xr > A.max_xruns: why.append('xruns')
    if A.max_dropouts is not None and drops > A.max_dropouts: why.append('dropouts')
    out['violations'] = why
    print(json.dumps(out)); return 1 if why else 0

if __name__ == '__main__': sys.exit(main())
