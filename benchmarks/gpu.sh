#!/usr/bin/env bash
# Towers and head on a graphics card: that they equal the processor's, and how fast they are, beside PyTorch where python3 has it.
#   benchmarks/gpu.sh [device] [folder of the built benchmarks]
# Needs nothing but what was built before, with the CUDA provider of ONNX Runtime:
#   dotnet build benchmarks/Dcsm.Benchmarks -c Release -p:DcsmOnnx=cuda
# CUDA and cuDNN are the system's, or those that came with PyTorch. With the device cpu it runs the same graphs on the processor, on any build.
set -euo pipefail
device=${1:-cuda}
here=$(cd "$(dirname "$0")" && pwd)
built=${2:-$here/Dcsm.Benchmarks/bin/Release/net10.0/linux-x64}
python=${DCSM_PYTHON:-python3}
libraries=$("$python" -c 'import glob, torch, os; print(":".join(glob.glob(os.path.dirname(os.path.dirname(torch.__file__)) + "/nvidia/*/lib")))' \
    2>/dev/null || true)
export LD_LIBRARY_PATH="$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
few=()
if [ "$device" = cpu ]; then
    few=(--batch 2 --runs 2)
else
    nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader || true
fi
exec timeout 290 dotnet "$built/Dcsm.Benchmarks.dll" gpu --device "$device" "${few[@]}"
