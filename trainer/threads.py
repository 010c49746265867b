"""How many processor threads training should use: more are not always faster.

On virtual machines and beside other programs, threads that wait for each other can cost more than they
bring. A short trial on the operators of a training step finds out.
"""

import os
import time

import torch
from torch.nn import functional as F  # noqa: N812  the name everybody knows it by


def fastest_thread_count() -> int:
    """Try one thread, half and all of the processors, and return which number is fastest."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    seconds = {count: _trial_seconds(count) for count in sorted({1, max(1, processors // 2), processors})}
    # A little faster is not enough: the machine has other things to do as well.
    return min(seconds, key=lambda count: seconds[count] * (1.0 if count == 1 else 1.15))


def _trial_seconds(threads: int) -> float:
    torch.set_num_threads(threads)
    generator = torch.Generator().manual_seed(0)
    hidden = torch.randn(8, 77, 192, generator=generator, requires_grad=True)
    weights = torch.randn(576, 192, generator=generator, requires_grad=True)
    audio = torch.randn(8, 16_384, generator=generator, requires_grad=True)
    window = torch.hann_window(512)
    times = []
    for _ in range(3):
        began = time.perf_counter()
        spectrum = torch.stft(audio, 512, 128, window=window, return_complex=True).abs()
        (F.gelu(F.linear(hidden, weights)).mean() + torch.log(spectrum + 1e-4).mean()).backward()
        times.append(time.perf_counter() - began)
    return min(times)
