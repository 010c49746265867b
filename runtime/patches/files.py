"""Which files there are for a model, and what they hold."""

from runtime.patches.amxd import amxd
from runtime.patches.device_instrument import instrument
from runtime.patches.device_modulator import modulator
from runtime.patches.device_sampler import sampler
from runtime.patches.instrument_facts import InstrumentFacts
from runtime.patches.max_capture import capture_patch
from runtime.patches.max_connect import connect_patch
from runtime.patches.max_help import help_patches
from runtime.patches.max_main import main_patch
from runtime.patches.max_notes import note_patch
from runtime.patches.max_places import axis_patch, map_patch
from runtime.patches.maxpat import maxpat
from runtime.patches.pd import pd_file
from runtime.patches.pd_help import help_pd
from runtime.patches.pd_main import main_pd


def patch_files(facts: InstrumentFacts) -> dict[str, bytes]:
    """Return every patch for a model: file name → content. The same model gives the same bytes."""
    files = {
        "latentbridge.maxpat": maxpat(main_patch(facts), is_presented=True),
        "lb.connect.maxpat": maxpat(connect_patch()),
        "lb.axis.maxpat": maxpat(axis_patch(facts), is_presented=True),
        "lb.note.maxpat": maxpat(note_patch()),
        "lb.map.maxpat": maxpat(map_patch(), is_presented=True),
        "lb.capture.maxpat": maxpat(capture_patch()),
        "LB Instrument.amxd": amxd(instrument(facts)),
        "LB Modulator.amxd": amxd(modulator(facts)),
        "LB Sampler.amxd": amxd(sampler(facts)),
        "latentbridge.pd": pd_file(main_pd(facts)),
        "latentbridge-help.pd": pd_file(help_pd(facts)),
    }
    return files | {f"{name}.maxhelp": maxpat(page) for name, page in help_patches(facts).items()}
