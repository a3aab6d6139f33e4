#!/bin/bash
# chunks of 250 seeds until stopped
cd /work/hist
mkdir -p reports
for first in $(seq 1000 250 20999); do
  [ -f reports/stop ] && exit
  [ -f reports/$first.txt ] && continue
  HISTORIES_REPORT=reports/$first.txt HISTORIES_FIRST=$first HISTORIES_SEEDS=250 nice -n 19 target/debug/deps/histories-fb3497aacdc3ed53 > reports/$first.log 2>&1 && rm reports/$first.log || touch reports/$first.broken
done
