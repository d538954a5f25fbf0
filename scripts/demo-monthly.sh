#!/bin/sh
# Runs samples/monthly through 2026 from an empty history: demo-monthly.sh PROGRAM FOLDER. The clock is given by MANYI_NOW.
set -eu
program=$1
folder=$2
sample=$(cd "$(dirname "$0")/../samples/monthly" && pwd)
mkdir -p "$folder"
project=$folder/monthly
rm -rf "$project"
cp -R "$sample" "$project"
rm -rf "$project/out" "$project/board" "$project/history.sqlite" "$project"/data
mkdir "$project/data"

# The run of a period on the third of the month after it, or at a time of its own.
run() { MANYI_NOW=$1 "$program" run "$project" --log text -q "$2" "$3"; }

# What was delivered of a period, and how often it was tried.
deliveries() { "$program" history -C "$project" --deliveries | grep "  $1  " || true; }

for month in 01 02 03 04 05 06 07 08 09 10 11 12; do
    cp -R "$sample/data/2026-$month" "$project/data/"
    next=$((${month#0} + 1))
    if [ "$next" -gt 12 ]; then day=2027-01-03; else day=$(printf '2026-%02d-03' "$next"); fi
    if [ "$month" = 06 ]; then
        # Somebody put a file where the folder of the notice board should be.
        mv "$project/board" "$project/board-aside" && : >"$project/board"
    fi
    echo "== $day: 2026-$month"
    run "${day}T06:00:00+08:00" --period "2026-$month" || echo "   exit code $?"
    case $month in
    05)
        echo "== a late correction of April arrives; what shows April follows"
        cp "$sample/late/2026-04-supplement.csv" "$project/data/2026-04/"
        run 2026-06-05T09:00:00+08:00 --period 2026-04
        run 2026-06-05T09:10:00+08:00 --catch-up --wait=0
        ;;
    06)
        deliveries 2026-06
        echo "== the notice board is a folder again; the refused delivery is tried again"
        rm "$project/board" && mv "$project/board-aside" "$project/board"
        run 2026-07-03T09:00:00+08:00 --period 2026-06
        deliveries 2026-06
        ;;
    09)
        echo "== the control chart fired: the alarm stands"
        MANYI_NOW=2026-10-03T10:00:00+08:00 "$program" history -C "$project" --deliveries | tail -n 4
        ;;
    07)
        echo "== the questionnaire was changed, the release is held; somebody looks and approves"
        MANYI_NOW=2026-08-03T10:00:00+08:00 "$program" approve "$project" --period 2026-07 -q
        ;;
    esac
done

echo
"$program" history -C "$project"
"$program" history csat_top2 -C "$project"
echo "Open $project/out/latest/index.html"
