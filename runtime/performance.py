"""What happens while an instrument plays, and who is told: the log, OSC clients, the terminal, the capture worker."""

import contextlib
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from runtime.contract import DecoderMetadata
from runtime.controls.ableton_link import LinkTempo
from runtime.controls.osc import OscService
from runtime.controls.osc_feedback import EngineReport, InstrumentInfo, Levels
from runtime.controls.osc_hooks import OscHooks
from runtime.data_folder import instruments_folder
from runtime.device_choice import DeviceChoice, DeviceHooks
from runtime.engine_link import EngineLink
from runtime.errands import Errands, Model
from runtime.errors import LatentbridgeError
from runtime.event_log import EventLog
from runtime.events import Event, Kind
from runtime.listening import OFF, SocketAddress
from runtime.mapping_table import MappingTable
from runtime.meters import MOST_MOVED_AXES, UNMOVED, Meter
from runtime.midi_ways import MidiWays
from runtime.model_change import ModelChange, ModelNews
from runtime.model_files import playable_models
from runtime.oneshots.capture import Captured, CaptureWorker
from runtime.oneshots.writing import make_folder
from runtime.played_model import PlayedModel
from runtime.sound_report import SoundReport
from runtime.sounding import SoundingNotes
from runtime.steering.steering import Keeping, Steering, SteeringHooks
from runtime.supervision import SoundNews, Supervision
from runtime.training import Training, TrainingHooks
from runtime.web.page_documents import model_documents, sound_documents
from runtime.web.page_link import Mix, PageLink

_ROUND_SECONDS: Final = 1.0
_LATE_TELLING_SECONDS: Final = 10.0
_CALM_SECONDS: Final = 5.0
"""After a change of model, while two of them sound, no process is started that would load the new one once more."""
_LATE_ROUNDS: Final = 2
"""Late blocks are told so many rounds later, since by then it is known whether the engine was not late but stuck."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """What is played."""

    model: Path
    metadata: DecoderMetadata
    voices: int
    version: str
    mapping: MappingTable
    keeps_mapping: bool
    """Whether what controls learn is kept for the next time."""

    def info(self, report: SoundReport) -> InstrumentInfo:
        """What OSC clients are told about it."""
        return InstrumentInfo(
            model=self.metadata.name,
            latent_size=self.metadata.latent_size,
            sample_rate=report.output_rate,
            block_frames=report.block_frames,
            voices=self.voices,
            delay_frames=report.delay_frames,
            version=self.version,
        )


def say(text: str) -> None:
    """Tell the person at the terminal something that is not the ready line."""
    with contextlib.suppress(OSError):
        print(f"latentbridge: {text}", file=sys.stderr, flush=True)


class Performance:
    """Ties a running engine to everything that is not sound. Close it after the engine has ended."""

    def __init__(
        self,
        instrument: Instrument,
        link: EngineLink,
        report: SoundReport,
        captures: Path,
        log: EventLog | None,
        fail: Callable[[LatentbridgeError], None],
    ) -> None:
        """Take what has been opened; ``fail`` is called, from any thread, when playing cannot go on."""
        self._instrument, self._link, self._report = instrument, link, report
        self._captures, self._log = captures, log
        news = SoundNews(self._sound_lost, self._sound_back, self._failed, fail)
        self._supervision = Supervision(link, report, news)
        self.osc: OscService | None = None
        self.page: PageLink | None = None
        self._midi = MidiWays(link.send, say)
        self._link_tempo: LinkTempo | None = None
        self._worker: CaptureWorker | None = None
        self._worker_before: CaptureWorker | None = None
        """That of the model before, whose note may be the one that was played last."""
        self._model_change = ModelChange(
            link, ModelNews(self._forget_model_before, self._model_changed, self._same_model, self._failed)
        )
        self.steering: Final = Steering(
            instrument.metadata,
            report.model_hash,
            SteeringHooks(link.send, lambda table: link.send_mapping(table.to_bytes()), self._refuse, say),
            instrument.mapping,
            Keeping(keeps_mapping=instrument.keeps_mapping),
        )
        self._errands = Errands(self.steering, captures, say, self._failed)
        self._errands.set_model(self._errands_model())
        training = TrainingHooks(self._model_change.wish, say, self._failed)
        self._training = Training(self.steering.desk, instruments_folder(), training)
        self._late_blocks = 0
        """Those that need not be told any more."""
        self._ended = threading.Event()

    def open_osc(self, address: SocketAddress | None) -> str:
        """Listen at an address, or to the page alone; return it for the ready line."""
        ways = DeviceHooks(self._supervision.wish, lambda: self._report, self._failed)
        devices = DeviceChoice(self.steering.desk, self._midi, ways)
        hooks = OscHooks(
            self.capture,
            self._encode,
            self._model_change.wish,
            self._engine_report,
            self._levels,
            self._moved,
            self._models,
            self._training,
            say,
            SoundingNotes(lambda: self._link.history).look,
            devices.look,
            devices.change_output,
            devices.change_midi,
            self._errands.export_kit,
        )
        self.osc = OscService(address, self.steering, self._instrument.info(self._report), hooks)
        self.osc.start()
        if self.osc.address is None:
            return OFF
        host, port = self.osc.address
        return f"{host}:{port}"

    def open_page(self, address: SocketAddress | None) -> str:
        """Let browsers knock at an address, or the next free port; return the link for the ready line.

        OSC has to be open, or off: the page speaks through the same service. Nothing is served before
        :meth:`serve_page`.
        """
        assert self.osc is not None
        if address is None:
            return OFF
        mix = Mix(self._link.mix, self._instrument.metadata.sample_rate)
        self.page = PageLink(address, self._captures, mix, self.osc.attach, say)
        return self.page.address.link

    def serve_page(self) -> None:
        """Begin to serve the page, if it is to be served, beside all that is ready already."""
        if self.page:
            self.page.tell(model_documents(self._instrument.metadata, self._report.model_hash))
            self._tell_page_of_sound()
            self.page.start()

    def _tell_page_of_sound(self) -> None:
        if self.page:
            self.page.tell(sound_documents(self._report))

    def open_midi(self, choice: str) -> str:
        """Listen to the MIDI chosen; return its names for the ready line."""
        return self._midi.open(choice, self._report)

    def open_link(self) -> None:
        """Follow Ableton Link's tempo. Raises LatentbridgeError if its library is not installed."""
        self._link_tempo = LinkTempo(self.steering.desk, self._port_delay_seconds)

    def begin(self) -> None:
        """Listen to the engine, and look after things once a second."""
        self._worker = self._new_worker(0.0)
        self._link.listen(self._happened)
        self._supervision.begin()
        threading.Thread(target=self._attend, name="attendance", daemon=True).start()

    def capture(self, part: int = 0, name: str = "", neighbours: int = 0) -> None:
        """Write the note played last, of one part or (0) of all, and sounds near it; from any thread."""
        if self._worker is None:
            return
        try:
            make_folder(self._captures)
        except LatentbridgeError as error:
            self._failed(error)
            return
        before = self._worker_before
        worker = before if before is not None and not self._worker.has_note(part) else self._worker
        note = worker.capture(part, name, neighbours)
        if note is not None and worker is not before:
            self._write_log(lambda log: log.write_capture(note.part, note.note, note.onset_frame))

    def close(self) -> None:
        """Stop listening, and finish what is being written."""
        self._ended.set()
        self._supervision.close()
        self._model_change.close()
        for way_in in (self._midi, self._link_tempo, self.page, self.osc):
            if way_in:
                way_in.close()
        self._errands.close()
        self._training.close()
        self.steering.close()
        for worker in (self._worker_before, self._worker):
            if worker:
                worker.close()
        if self._log and (lost := self._link.meters[Meter.DROPPED_ECHOES]):
            say(f"The log lacks {lost} events that could not be written in time.")

    # Told by others -------------------------------------------------------------------------------------------

    def _happened(self, event: Event) -> None:
        """Pass on what the engine says; called from the listening thread."""
        if event.kind == Kind.PLAYED:
            self._write_log(lambda log: log.write(event))
        elif event.kind == Kind.CAPTURE:
            self.capture(event.part)
        elif event.kind == Kind.VOICES and self.osc:
            self.osc.set_voices(event.index)
        elif event.kind == Kind.READY:
            self._block_changed(event)
        elif event.kind == Kind.MODEL_CHANGED:
            self._model_change.answered(event)
        self.steering.take(event)

    def _write_log(self, write: Callable[[EventLog], None]) -> None:
        if self._log is None:
            return
        try:
            write(self._log)
        except LatentbridgeError as error:
            say(f"{error} The log ends here.")
            self._log = None

    def _block_changed(self, event: Event) -> None:
        self._report = replace(
            self._report, block_frames=event.index, delay_frames=event.time, port_delay_frames=event.seed
        )
        say(f"The output now takes blocks of {event.index} frames; the delay is {event.time} frames.")
        self._tell_page_of_sound()
        if self.osc:
            self.osc.set_info(self._instrument.info(self._report))

    def _model_changed(self, played: PlayedModel, event: Event) -> None:
        """Speak of another model from now on; what the engine says meanwhile waits."""
        self._instrument = replace(self._instrument, model=played.admitted.path, metadata=played.metadata)
        self._report = replace(self._report, model_hash=played.graph_hash)
        self._write_log(lambda log: log.write_model(event.time, played.metadata.name, played.graph_hash))
        self._worker_before, self._worker = self._worker, self._new_worker(_CALM_SECONDS)
        self._errands.set_model(self._errands_model())
        # At once for everybody: what is told in between would speak of one model in the numbers of another.
        with self.steering.desk.lock:
            if self.page:
                self.page.tell(model_documents(played.metadata, played.graph_hash))
            self.steering.set_model(played.metadata, played.graph_hash)
            if self.osc:
                self.osc.set_model(self._instrument.info(self._report))
        say(f"Playing {played.metadata.name} now; notes that sound ring out.")

    def _same_model(self) -> None:
        """Introduce the model that plays to whoever asked for it."""
        if self.osc:
            self.osc.set_info(self._instrument.info(self._report))

    def _forget_model_before(self) -> None:
        """Let go of notes whose memory the next model's will take."""
        worker, self._worker_before = self._worker_before, None
        if worker:
            worker.let_go()

    def _new_worker(self, after_seconds: float) -> CaptureWorker:
        return CaptureWorker(
            self._instrument.model,
            self._link.history,
            self._captures,
            provider=self._report.provider,
            voices=self._instrument.voices,
            on_captured=self._captured,
            on_problem=self._failed,
            prepares_after_seconds=after_seconds,
        )

    def _sound_lost(self, sentence: str) -> None:
        say(sentence)
        self._model_change.give_up()
        self._forgive_late_blocks()
        if self.osc:
            self.osc.set_voices(0)
            self.osc.tell_sound(sentence)

    def _sound_back(self, report: SoundReport) -> None:
        """Go on with a new engine: it stands as the one before, and nothing of the one before sounds."""
        self._report = report
        self._midi.follow(report)
        replaced = Event(Kind.ENGINE_REPLACED, report.first_frame, seed=report.silent_from_frame)
        self._write_log(lambda log: log.write(replaced))
        # Echoes wait until this is written, so that the log says first what they belong to.
        self._link.listen(self._happened)
        self.steering.engine_replaced()
        self._forgive_late_blocks()
        self._tell_page_of_sound()
        milliseconds = 1000 * report.delay_frames / report.output_rate
        say(
            f"Sound is back: output {report.output}, block {report.block_frames} frames, delay {report.delay_frames} "
            f"frames ({milliseconds:.1f} ms). All that was set is as it was."
        )
        if self.osc:
            self.osc.set_info(self._instrument.info(report))
            self.osc.tell_sound("")
            self.steering.desk.announce("output", report.output, report.block_frames)

    def _forgive_late_blocks(self) -> None:
        """Blocks that nobody made are no reason to play with fewer voices."""
        self._late_blocks = self._link.meters[Meter.LATE_BLOCKS]

    def _captured(self, captured: Captured) -> None:
        say(f"captured {captured.path}")
        if self.osc:
            self.osc.captured(str(captured.path), captured.note, captured.peak_db)

    def _failed(self, error: LatentbridgeError) -> None:
        say(str(error))
        if self.osc:
            self.osc.failed(str(error))

    def _encode(self, part: int, path: str, refine: bool) -> None:
        sample = Path(path).expanduser()
        is_copy = self.page is not None and self.page.has_copy(sample)
        self._errands.encode(part, sample, refine, is_copy)

    def _errands_model(self) -> Model:
        instrument = self._instrument
        return Model(instrument.model, instrument.metadata.name, self._report.provider, instrument.voices)

    def _refuse(self, text: str) -> None:
        """Say to everybody why what was asked for cannot be done."""
        say(text)
        if self.osc:
            self.osc.failed(text)

    def _port_delay_seconds(self) -> float:
        return self._report.port_delay_frames / self._report.output_rate

    def _engine_report(self) -> EngineReport:
        meters = self._link.meters
        return EngineReport(
            load=meters[Meter.LOAD_PERMILLE] / 1000,
            late_blocks=meters[Meter.LATE_BLOCKS],
            dropped_events=self._link.dropped_events,
            delay_ms=1000 * self._report.delay_frames / self._report.output_rate,
        )

    def _levels(self) -> Levels:
        meters = self._link.meters
        return Levels(
            left_db=meters[Meter.PEAK_LEFT] / 100,
            right_db=meters[Meter.PEAK_RIGHT] / 100,
            reduction_db=meters[Meter.REDUCTION] / 100,
            midi_messages=meters[Meter.MIDI_MESSAGES],
        )

    def _moved(self) -> list[float]:
        count = min(len(self._instrument.metadata.axes), MOST_MOVED_AXES)
        shown = [float(share) for share in self._link.meters.moved_axes[:count]]
        return [] if not shown or shown[0] == UNMOVED else shown

    def _models(self) -> list[str]:
        return playable_models(self._instrument.model.parent)

    # Looking after things -------------------------------------------------------------------------------------

    def _attend(self) -> None:
        told_late = -_LATE_TELLING_SECONDS
        counts = deque([0] * _LATE_ROUNDS, maxlen=_LATE_ROUNDS)
        while not self._ended.wait(_ROUND_SECONDS):
            for line in self._midi.rescan():
                say(line)
            late, now = counts[0], time.monotonic()
            counts.append(self._link.meters[Meter.LATE_BLOCKS])
            if late > self._late_blocks and now - told_late > _LATE_TELLING_SECONDS:
                self._late_blocks, told_late = late, now
                say(f"{late} blocks of sound came too late so far. If you hear it: fewer --voices, or a larger block.")
