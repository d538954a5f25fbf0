#!/bin/sh
# Runs inside the machine of machine.py, at every start of it; the step stands on the kernel's command line (step=…). What is printed
# goes to the first serial port. A line `done` ends a step, and `cut` asks for the power to be cut.
set -u
project="/srv/survey data/monthly 100%"
unit=manyi-monthly-100
step=$(sed -n 's/.*step=\([a-z]*\).*/\1/p' /proc/cmdline)

say() { echo "@ $*"; }
clock() { date -u -s "$1" >/dev/null; }
state() { systemctl show -p ActiveState --value "$1"; }
# The newest release, once it is the one that is named or the patience is gone.
release() {
    for _ in $(seq "$2"); do
        [ "$(readlink "$project/out/latest")" = "$1" ] && break
        sleep 1
    done
    say "latest $(readlink "$project/out/latest")"
}
# Waits until a unit has come to rest.
rest() {
    sleep 2
    while [ "$(state "$1")" = activating ]; do sleep 1; done
    say "$1 $(systemctl show -p Result --value "$1")"
}
# Answers of a month, made of those of another.
answers() {
    mkdir -p "$project/data/$1"
    sed -e "s/2026-12-3[01]/2026-12-28/; s/2026-12-29/2026-12-28/; s/,2026-12-/,$1-/" /root/answers.csv >"$project/data/$1/answers.csv"
    chown -R survey: "$project/data"
}

case $step in
timer)
    answers 2026-10
    answers 2026-11
    mkdir -p /etc/manyi
    echo HOOK_KEY=key >/etc/manyi/monthly-100.env && chmod 600 /etc/manyi/monthly-100.env
    manyi schedule install --systemd --user survey --write /etc/systemd/system "$project" >/dev/null 2>&1
    say "units $(systemd-analyze verify /etc/systemd/system/manyi-*.service /etc/systemd/system/manyi-*.timer 2>&1 | grep -c manyi-)"
    systemctl daemon-reload
    systemctl enable --now $unit.timer $unit-watch.timer
    say "before $(ls "$project/out" 2>/dev/null | wc -l)"
    clock "2026-12-02 21:59:50"
    release 2026-11 600
    rest $unit.service
    systemctl start $unit.service
    say "again $(journalctl -u $unit.service -o cat | grep -c 'nothing is due')"
    say "memory $(systemctl show -p MemoryMax --value $unit.service)"

    # No answers: the run fails, and somebody hears of it. The next day they are there.
    clock "2027-01-02 21:59:50"
    while ! grep -q '"2026-12"' /root/taken; do sleep 1; done
    rest $unit.service
    answers 2026-12
    clock "2027-01-03 21:59:50"
    release 2026-12 600
    rest $unit.service

    # While the next one is at work nothing is missing; then the power goes.
    for month in 01 02 03 04; do answers 2027-$month; done
    journalctl --rotate --vacuum-time=1s >/dev/null 2>&1
    clock "2027-02-02 21:59:50"
    until journalctl -u $unit.service -o cat --since "2027-02-02 16:59:00" | grep -q building; do sleep 1; done
    systemctl start $unit-watch.service && say "nothing is missing while a run is at work"
    sync
    say cut
    sleep 1000
    ;;
boot)
    release 2027-01 900
    rest $unit.service
    say done
    systemctl poweroff
    ;;
late)
    release 2027-03 900
    rest $unit.service
    systemctl disable --now $unit.timer $unit-watch.timer
    manyi schedule install --cron --user survey --write /etc/cron.d "$project" >/dev/null 2>&1
    sed -i '1i HOOK_KEY=key' /etc/cron.d/manyi-monthly-100
    clock "2027-05-02 21:59:30"
    systemctl restart cron
    release 2027-04 900
    say "cron $(date -u +%H)"
    clock "2027-05-02 22:36:30"
    systemctl restart cron
    sleep 100
    say "looked $(journalctl -t CRON -o cat | grep -c 'manyi. watch')"
    say done
    systemctl poweroff
    ;;
esac
