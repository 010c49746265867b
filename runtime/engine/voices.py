"""The voices: which note each slot plays, when its hops begin, what it has decoded, and when it ends.

Every voice has a grid of hops of its own that begins at its onset, so a note starts at its very frame. A hop is taken
in two steps: :meth:`Voices.sample` fixes its control values as they are when it begins, :meth:`Voices.decode` decodes
all that are waiting in one batch. Frames are absolute. Everything that decides about a voice is a function of
its own hops, never of where a block begins.

The engine advances by at most one hop at a time, so a voice never has more than one hop waiting.

There are twice as many slots as voices: a voice that is taken away keeps its slot until what it has begun is decoded,
together with all others, so that a chord that takes away many voices needs no call of the decoder for each. What
decides who has to go is therefore known a hop ahead: nothing that a hop says counts before that hop has ended.
"""

from collections.abc import Collection
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.engine.decoder import Decoder, Floats, Rows
from runtime.engine.envelope import NEVER, Envelope, Frames
from runtime.engine.history import NoteHistory
from runtime.engine.parts import Parts
from runtime.engine.rules import LOUDEST_SANE, NoteRules
from runtime.engine.stats import Statistics
from runtime.engine.tails import Tails
from runtime.engine.unison import ALONE, OneOfUnison
from runtime.engine.voice_controls import VoiceControls
from runtime.engine.voice_noise import VoiceNoise
from runtime.engine.voice_ring import VoiceRing
from runtime.events import Kind
from runtime.latent.state import KEYS, LatentState

_UNHEARD: Final = 1 << 20
"""Loudness rank of a voice in its first hop: the last to be taken away."""
SLOTS_PER_VOICE: Final = 2
"""A second one for each voice that is taken away meanwhile."""


class Voices:
    """All slots of one engine; arrays are indexed by slot."""

    def __init__(
        self,
        decoder: Decoder,
        count: int,
        envelope: Envelope,
        latent: LatentState,
        parts: Parts,
        tails: Tails,
        statistics: Statistics,
        history: NoteHistory | None,
    ) -> None:
        meta = decoder.metadata
        self._decoder, self._envelope = decoder, envelope
        self._tails, self._statistics, self._history = tails, statistics, history
        self._rules: Final = NoteRules.of(meta)
        self.hop_frames: Final = meta.hop_frames
        self.count: Final = count
        """How many may sound together."""
        count *= SLOTS_PER_VOICE
        self._inputs: Final = decoder.new_voices(count)
        self._controls: Final = VoiceControls(count, meta.latent_size, latent, parts)
        self.order: list[int] = []
        """Slots in use, in the order in which their notes began."""

        def frames(value: int) -> Frames:
            return np.full(count, value, np.int64)

        self.part, self.note = (np.zeros(count, np.intp) for _ in range(2))
        self.onset, self.release, self.fade = frames(0), frames(NEVER), frames(NEVER)
        self.stop = frames(-1)
        """From this frame on the slot is silent."""
        self._ending, self._broken = frames(NEVER), frames(-1)
        # Where a fade begins because the note is over; until when a voice that ran wild still counts as one.
        self._leaving: dict[int, int] = {}
        """Slots of voices taken away whose last hop may not be decoded yet, with the frame at which they end."""
        self.next_hop = frames(NEVER)
        """Where the next hop to be sampled begins; NEVER if there is none."""
        self._hops, self._silent_hops = frames(0), frames(0)
        self._note_time = np.zeros(count)
        self._decoded_to = frames(0)
        self._peak, self._peak_before = np.zeros(count), np.zeros(count)
        self.key_down, self.held, self._follows_key = (np.zeros(count, np.bool_) for _ in range(3))
        self.gain = np.zeros(count, np.float32)
        self._sides = np.ones((count, 2), np.float32)
        self._noise: Final = VoiceNoise(count, self.hop_frames)
        self._waiting: list[Rows] = []
        self._earliest = NEVER
        self._ring: Final = VoiceRing(count, meta.channels, self.hop_frames)
        self._fade_window, self._fade_frames = envelope.window(), np.arange(envelope.fade_frames)

    # Notes ------------------------------------------------------------------------------------------------------

    def begin(
        self, slot: int, frame: int, part: int, note: int, velocity: float, seed: int, one: OneOfUnison = ALONE
    ) -> None:
        """Begin a note, or one of the voices that sound it in unison, in a free slot."""
        if slot in self.order:
            self.order.remove(slot)
        self.order.append(slot)
        self._inputs.begin(slot)
        self._inputs.velocity[slot] = velocity
        self.part[slot], self.note[slot] = part, note
        self._controls.begin(slot, frame, part, note, velocity, one)
        self.onset[slot] = self.next_hop[slot] = self._decoded_to[slot] = frame
        self.release[slot] = self.fade[slot] = self.stop[slot] = self._ending[slot] = NEVER
        self._hops[slot] = self._silent_hops[slot] = self._note_time[slot] = 0
        self._peak[slot] = self._peak_before[slot] = 0
        self._broken[slot] = -1
        self.key_down[slot] = self.held[slot] = True
        self._follows_key[slot] = one.place is None
        self.gain[slot] = self._rules.gain(velocity)
        self._sides[slot] = one.sides
        self._noise.begin(slot, seed)
        self._earliest = min(self._earliest, frame)
        if one.unison is None:
            if self._history is not None:
                self._history.forget(slot)
            return
        self._statistics.notes += 1
        if self._history is not None:
            self._history.begin(slot, frame, part, note, velocity, seed, self._envelope, one.unison)

    def slide(self, part: int, note: int, frame: int, portamento_frames: int) -> None:
        """Let the held notes of a part, those with a place of their own aside, go on at the pitch of another key."""
        for slot in self._held_by(part, frame, self._follows_key):
            self.note[slot] = note
            self.key_down[slot] = True
            self._controls.slide(slot, part, note, frame, portamento_frames)

    def holds(self, part: int, frame: int, note: int | None = None) -> bool:
        """Whether a part holds any note without a place of its own, or that of one key."""
        return bool(self._held_by(part, frame, self._follows_key if note is None else self.note == note))

    def key_up(self, part: int, note: int, frame: int, pedal: bool) -> None:
        """Let go of a key: its held voices are released, or by the pedal kept until it goes up."""
        for slot in self._held_by(part, frame, self.key_down & (self.note == note)):
            self.key_down[slot] = False
            if not pedal:
                self._let_go(slot, frame)

    def release_key(self, part: int, note: int, frame: int) -> None:
        """Release whatever a key still plays, as when it is struck anew; an unpitched sound rings on."""
        if self._rules.releases:
            for slot in self._held_by(part, frame, self.note == note):
                self._let_go(slot, frame)

    def pedal_up(self, part: int, frame: int) -> None:
        """Release a part's voices that only the pedal kept."""
        for slot in self._held_by(part, frame, ~self.key_down):
            self._let_go(slot, frame)

    def all_keys_up(self, part: int, frame: int) -> None:
        """Release every voice of a part."""
        for slot in self._held_by(part, frame, self.held):
            self._let_go(slot, frame)

    def _held_by(self, part: int, frame: int, also: NDArray[np.bool_]) -> list[int]:
        """Slots whose note is held and has not ended by ``frame``, among those of a part and ``also`` chosen."""
        return np.flatnonzero(also & self.held & (self.part == part) & (self._counts_to() > frame)).tolist()

    def express(self, part: int, note: int, kind: Kind, value: float, frame: int) -> None:
        """Move a wheel of the note that a key began last, if the key is still down."""
        slots = self._held_by(part, frame, self.key_down & (self.note == note))
        if slots:
            newest = max(self.onset[slots].tolist())
            self._controls.express([slot for slot in slots if self.onset[slot] == newest], kind, value)

    def cut(self, part: int, frame: int, keys: Collection[int] = range(KEYS)) -> None:
        """Fade the voices of a part out, or those of some of its keys, so fast that only a click is avoided."""
        counts_to = self._counts_to()
        for slot in self.order:
            if self.part[slot] == part and counts_to[slot] > frame and int(self.note[slot]) in keys:
                self.key_down[slot] = self.held[slot] = False
                self.fade[slot] = min(int(self.fade[slot]), frame)
                self._stop_by(slot, frame + self._envelope.fade_frames)
                if self._history is not None:
                    self._history.interrupt(slot, frame)

    def _let_go(self, slot: int, frame: int) -> None:
        if not self._rules.releases:
            return
        self.key_down[slot] = self.held[slot] = False
        if self._rules.envelope_releases:
            self.release[slot] = frame
            self._stop_by(slot, frame + self._envelope.release_frames)
        if self._history is not None:
            self._history.release(slot, frame)

    def _stop_by(self, slot: int, frame: int) -> None:
        self.stop[slot] = min(int(self.stop[slot]), frame)
        self._broken[slot] = min(int(self._broken[slot]), frame)
        if self.next_hop[slot] >= self.stop[slot]:
            self.next_hop[slot] = NEVER

    # Slots ------------------------------------------------------------------------------------------------------

    def counting(self, frame: int) -> int:
        """How many voices sound from ``frame`` on."""
        return int(np.count_nonzero(self._counts_to() > frame))

    def free_slot(self, frame: int) -> int | None:
        """Return a slot that nobody needs from ``frame`` on, or None; first those that have been silent longest."""
        ends = self._counts_to()
        ends[list(self._leaving)] = NEVER
        slot = int(ends.argmin())
        return slot if ends[slot] <= frame else None

    def _counts_to(self) -> Frames:
        """Until when each slot counts as a voice; a new array."""
        return np.maximum(self.stop, self._broken)

    def steal(self, frame: int) -> None:
        """Take a voice away for a new note: released ones first, then the quietest, then the oldest.

        Hops that begin before ``frame`` must have been sampled. What the voice has beyond it fades out beside the new
        note, once it is decoded.
        """
        counts_to = self._counts_to()
        slots = np.array([slot for slot in self.order if counts_to[slot] > frame], np.intp)
        released = slots[~self.held[slots]]
        slot = self._quietest(released if len(released) else slots, frame)
        if self.stop[slot] > frame:
            self._leaving[slot] = frame
            self.stop[slot], self.next_hop[slot] = frame, NEVER
        self._broken[slot] = -1
        self._statistics.stolen_voices += 1
        if self._history is not None:
            self._history.interrupt(slot, frame)

    def _quietest(self, slots: Rows, frame: int) -> int:
        """Return the quietest of some voices, given in the order in which they began; of equal ones the oldest.

        Counts the hop before the one at hand, which may not be decoded yet.
        """
        if len(slots) == 1:
            return int(slots[0])
        known = self._decoded_to[slots] <= frame
        loudness = np.where(known, self._peak[slots], self._peak_before[slots]) * self.gain[slots]
        at, rows = np.array([frame]), slots[:, None]
        loudness *= self._envelope.level(at, self.onset[rows], self.release[rows], self.fade[rows])[:, 0]
        # In steps of 6 dB, so that of two about as loud the older one goes.
        steps = np.frexp(np.maximum(loudness, 1e-12))[1].astype(np.int64)
        steps[self.onset[slots] > frame - self.hop_frames] = _UNHEARD
        return int(slots[steps.argmin()])

    def keep_no_history(self) -> None:
        """Let what sounds be remembered no further."""
        self._history = None

    def forget_silent(self, frame: int) -> None:
        """Drop the voices that have ended by ``frame`` from the order."""
        counts_to = self._counts_to()
        self.order = [slot for slot in self.order if counts_to[slot] > frame]

    # Hops -------------------------------------------------------------------------------------------------------

    def sample(self, until: int) -> None:
        """Fix the control values of every hop that begins before ``until``; its sound is decoded later."""
        if self._earliest >= until:
            return
        rows = np.flatnonzero(self.next_hop < until)
        if not len(rows):  # The voice that was next has ended since.
            self._earliest = int(self.next_hop.min())
            return
        starts = self.next_hop[rows]
        inputs, parts, held = self._inputs, self.part[rows], self.held[rows]
        pitches = self._controls.sample(inputs, rows, parts, starts)
        inputs.gate[rows, 0] = held
        rates = self._rules.time_rates(self._note_time[rows], held).astype(np.float32)
        inputs.time_rate[rows, 0] = rates
        self._note_time[rows] += rates
        self._lead(rows[self._hops[rows] == 0])
        self._noise.read(rows, self._hops[rows] + self._rules.lead_hops, inputs.noise)
        if self._history is not None:
            self._history.write(rows, self._hops[rows], inputs, pitches)
        self._hops[rows] += 1
        following = starts + self.hop_frames
        self.next_hop[rows] = np.where(following < self.stop[rows], following, NEVER)
        self._earliest = int(self.next_hop.min())
        self._waiting.append(rows)

    def _lead(self, rows: Rows) -> None:
        """Step a model that reaches before the onset up to it; what it sounds there is left out."""
        for hop in range(self._rules.lead_hops if len(rows) else 0):
            self._noise.read(rows, np.full(len(rows), hop), self._inputs.noise)
            self._decoder.decode(self._inputs, rows)

    def decode(self) -> None:
        """Decode every hop that has been sampled, and notice which voices end by it."""
        if not self._waiting and not self._leaving:
            return
        waiting = np.concatenate(self._waiting) if self._waiting else np.zeros(0, np.intp)
        self._waiting.clear()
        ends = [(frame, slot, False) for slot, frame in self._leaving.items()]
        most = self._decoder.voices
        for at in range(0, len(waiting), most):
            wild = self._decode_rows(waiting[at : at + most])
            ends += [(int(self._decoded_to[slot]), slot, True) for slot in wild.tolist()]
        # Always in the same order, since sums of tails round: of time, then as they were taken away, then of age.
        for frame, slot, is_wild in sorted(ends, key=lambda end: (end[0], end[2] and 1 + self.order.index(end[1]))):
            if is_wild:
                self._silence_bad(slot)
            elif self.stop[slot] == frame:
                self._fade_away(slot, frame)
        self._leaving.clear()

    def _decode_rows(self, rows: Rows) -> Rows:
        """Decode what waits in some slots, as many as the decoder takes at once; return those that ran wild."""
        audio = self._decoder.decode(self._inputs, rows)
        peaks = np.abs(audio).max(axis=(1, 2))
        bad = ~(peaks <= LOUDEST_SANE)
        wild: Rows = rows[bad]
        if len(wild):
            rows, audio, peaks = rows[~bad], audio[~bad], peaks[~bad]
        self._ring.store(rows, self._hops[rows] - 1, audio)
        self._decoded_to[rows] += self.hop_frames
        self._peak_before[rows], self._peak[rows] = self._peak[rows], peaks
        self._find_ends(rows, peaks)
        return wild

    def _find_ends(self, rows: Rows, peaks: Floats) -> None:
        silent = self._silent_hops[rows] = np.where(peaks < self._rules.silent_peak, self._silent_hops[rows] + 1, 0)
        over = self._note_time[rows] >= self._rules.longest_hops
        for slot in rows[over | (silent >= self._rules.silent_hops)]:
            end = int(self._decoded_to[slot])
            self._ending[slot] = end - self._envelope.fade_frames
            self._stop_by(int(slot), end)
        self._earliest = int(self.next_hop.min())

    def _silence_bad(self, slot: int) -> None:
        """End a voice whose decoder ran wild before any of that is heard; what it played last fades out."""
        begin = int(self._decoded_to[slot])
        counts_to = min(begin + self.hop_frames, int(self.stop[slot]))
        # Had this hop been decoded alone, what happened since would have come too late for its end.
        for happened in (self.release, self.fade):
            if happened[slot] > begin:
                happened[slot] = NEVER
        self._fade_away(slot, begin)
        self._stop_by(slot, begin)
        if slot not in self._leaving:
            self._broken[slot] = counts_to
        self._statistics.bad_voices += 1
        if self._history is not None:
            self._history.interrupt(slot, begin)

    # Sound ------------------------------------------------------------------------------------------------------

    def read(self, begin: int, frames: int) -> Floats:
        """Return what each voice sounds in ``frames`` (at most a hop) from ``begin`` on, all decoded.

        The result is [voices in order, channels, frames], levels and gains applied; one channel where all is mono.
        """
        rows = np.array(self.order, np.intp)
        onsets = self.onset[rows]
        sound = self._ring.read(rows, begin - onsets, frames)
        sound *= self.gain[rows, None, None]
        end = begin + frames
        shaped = self._shaped(rows, end)
        if len(shaped):
            sound[shaped] *= self._levels(rows[shaped], begin, frames)[:, None]
        for index in np.flatnonzero((onsets > begin) | (self.stop[rows] < end)):
            slot = rows[index]
            sound[index, :, : max(int(self.onset[slot]) - begin, 0)] = 0.0
            sound[index, :, max(int(self.stop[slot]) - begin, 0) :] = 0.0
        sides = self._sides[rows]
        return sound if (sides == 1).all() else sound * sides[:, :, None]

    def _shaped(self, slots: Rows, end: int) -> Rows:
        """Which of ``slots`` have a level other than 1 somewhere before ``end``."""
        if not self._envelope.is_flat:
            return np.arange(len(slots))
        return np.flatnonzero((self.release[slots] < end) | (self._fades()[slots] < end))

    def _fades(self) -> Frames:
        """Where the fade of each slot begins, whatever the reason."""
        return np.minimum(self.fade, self._ending)

    def _levels(self, slots: Rows, begin: int, frames: int) -> Floats:
        """Levels of voices, [slots, frames]."""
        rows = slots[:, None]
        at = np.arange(begin, begin + frames)
        return self._envelope.level(at, self.onset[rows], self.release[rows], self._fades()[rows])

    def _fade_away(self, slot: int, frame: int) -> None:
        """Let a voice that ends at ``frame`` fade out: what it has decoded beyond, then its last hop backwards."""
        decoded_to, onset = int(self._decoded_to[slot]), int(self.onset[slot])
        if decoded_to == onset:
            return
        ahead = frame + self._fade_frames
        mirrored = np.where(ahead < decoded_to, ahead, 2 * decoded_to - 1 - ahead)
        sound = self._ring.pick(slot, mirrored - onset) * self.gain[slot]
        one = np.array([slot])
        if len(self._shaped(one, frame + len(ahead))):
            sound *= self._levels(one, frame, len(ahead))
        self._tails.add(frame, sound * self._fade_window * self._sides[slot][:, None], int(self.part[slot]))
