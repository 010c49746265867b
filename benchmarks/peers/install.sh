#!/usr/bin/env bash
# An environment of its own for the systems that latentbridge is compared with: benchmarks/peers/install.sh [FOLDER]
#
# Their own pins no longer install together, so they go in without them. RAVE's code is CC BY-NC: it is run here to be
# timed, and nothing of it is part of latentbridge.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder="${1:-.venv-peers}"

python3 -m venv "$folder"
pip="$folder/bin/pip"
"$pip" install -q -c constraints.txt torch onnxruntime onnx
# RAVE asks scipy for windows where old versions had them.
"$pip" install -q "scipy<1.11" "numpy<1.27" "librosa<0.11" gin-config einops pytorch-lightning tqdm absl-py tensorboard \
    scikit-learn PyYAML lmdb GPUtil huggingface_hub encodec
"$pip" install -q --no-deps torchaudio acids-rave cached-conv vocos
"$folder/bin/python" -c "import torchaudio" 2>/dev/null || {
    # Built for another torch: without its compiled part its transforms, which is all RAVE needs, work.
    rm -rf "$folder"/lib/python3*/site-packages/torchaudio/lib
    "$folder/bin/python" -c "import torchaudio"
}
echo "python -m benchmarks.peers.compare --python $folder/bin/python"
