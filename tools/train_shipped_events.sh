#!/usr/bin/env bash
# Train the model of events that comes with the package, `simgesture_events`, and put it where it is shipped: some four
# minutes on two cores, and one more the first time, when the gestures are simulated.
set -euo pipefail
cd "$(dirname "$0")/.."
set +u; . ./env.sh; set -u
aestream train ssm=simgesture_events folder=out/shipped_events
cp out/shipped_events/model.safetensors src/aestream_snn/aestream_snn/shipped/simgesture_events.safetensors
chmod 644 src/aestream_snn/aestream_snn/shipped/simgesture_events.safetensors
