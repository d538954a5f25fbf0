"""Timers on a real machine: Debian with systemd and cron, started by QEMU from Debian packages alone, with clocks of its own.

    machine.py PROGRAM FOLDER

The machine stands in New York, the project in Shanghai; its folder has a space and a percent sign in its name. Three acts:

1. units are installed and verified; the timer fires at six in Shanghai and makes two releases; a second start finds nothing due; a month
   without answers fails and is told, and is made when they are there on the next day; a look during a run finds nothing missing;
2. the power goes in the middle of a run; after the start of the machine it goes on;
3. the machine is off for two months and makes both at its start; then cron takes the place of systemd: the run comes at six in Shanghai,
   and the look half an hour later raises no alarm.

Needs root, debootstrap, qemu-system-x86 and e2fsprogs; says what is missing and ends well then. Without hardware virtualisation it takes
about a quarter of an hour. The base system is kept in FOLDER.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PACKAGES = "systemd,systemd-sysv,dbus,udev,tzdata,ca-certificates,fonts-noto-cjk,cron,linux-image-cloud-amd64,kmod,python3-minimal,libpython3-stdlib"
DELIVERY = """delivery:
  channels:
    board: { kind: folder, path: board }
    hook: { kind: json, url: "http://localhost:8025/${env:HOOK_KEY}" }
  recipients:
    - { to: board }
    - { to: hook }
  errors: [hook]
"""
UNIT = """[Unit]
Description={title}
[Service]
ExecStart={command}
StandardOutput={output}
[Install]
WantedBy=multi-user.target
"""
# Longest time of an act, in seconds: emulated processors are thirty times slower than real ones.
PATIENCE = 3600


def missing():
    """What cannot be done here, or nothing."""
    if os.geteuid() != 0:
        return "not root"
    absent = [name for name in ("debootstrap", "qemu-system-x86_64", "mkfs.ext4") if not shutil.which(name)]
    return f"not installed: {', '.join(absent)} (Debian: debootstrap qemu-system-x86 e2fsprogs)" if absent else None


def base(folder):
    """A Debian of its own, made once."""
    system = folder / "debian"
    if not (system / "made").exists():
        shutil.rmtree(system, ignore_errors=True)
        print("Making a Debian system (some minutes) ...", flush=True)
        with open(folder / "debootstrap.log", "wb") as log:
            command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", str(system)]
            subprocess.run(command, stdout=log, stderr=log, check=True)
        (system / "made").touch()
    return system


def furnish(system, program):
    """Puts the program, the project and the steps into the system."""
    project = system / "srv/survey data/monthly 100%"
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir(parents=True)
    text = (ROOT / "samples/monthly/manyi.yaml").read_text(encoding="utf-8")
    text = text[: text.index("delivery:")].replace("from: 2026-01", "from: 2026-10") + DELIVERY
    (project / "manyi.yaml").write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "samples/monthly/data/2026-12/answers.csv", system / "root/answers.csv")
    shutil.copy(program, system / "usr/local/bin/manyi")
    for name in ("guest.sh", "receiver.py"):
        shutil.copy(HERE / name, system / "root" / name)
    (system / "root/taken").write_text("")
    (system / "etc/fstab").write_text("/dev/vda / ext4 defaults 0 1\n")
    (system / "etc/hostname").write_text("survey\n")
    (system / "etc/hosts").write_text("127.0.0.1 localhost survey\n")
    zone = system / "etc/localtime"
    zone.unlink(missing_ok=True)
    zone.symlink_to("/usr/share/zoneinfo/America/New_York")
    services = {
        "receiver": ("receiver of messages", "/usr/bin/python3 /root/receiver.py", "tty"),
        "steps": ("steps of the test", "/bin/sh /root/guest.sh", "tty"),
    }
    for name, (title, command, output) in services.items():
        unit = UNIT.format(title=title, command=command, output=output).replace(
            "StandardOutput=tty", "StandardOutput=tty\nTTYPath=/dev/ttyS0"
        )
        (system / f"etc/systemd/system/{name}.service").write_text(unit)
    inside = ["chroot", str(system)]
    if subprocess.run([*inside, "id", "survey"], capture_output=True).returncode:
        subprocess.run([*inside, "useradd", "--create-home", "survey"], check=True)
    subprocess.run([*inside, "chown", "-R", "survey:", "/srv/survey data/monthly 100%"], check=True)
    subprocess.run([*inside, "systemctl", "enable", "receiver", "steps"], check=True, capture_output=True)


def start(folder, system, step, clock):
    """Starts the machine with a clock and reads what it says until it ends or wants its power cut."""
    kernel, initrd = next((system / "boot").glob("vmlinuz-*")), next((system / "boot").glob("initrd.img-*"))
    # Without `no_timer_check` a busy host makes the kernel believe that it has no timer.
    told, console = folder / f"{step}.told", folder / f"{step}.log"
    told.write_bytes(b"")
    command = [
        "qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "2048",
        "-rtc", f"base={clock},clock=vm", "-kernel", kernel, "-initrd", initrd,
        "-append", f"root=/dev/vda rw console=ttyS1 quiet no_timer_check systemd.show_status=0 step={step}",
        "-drive", f"file={folder / 'disk.img'},if=virtio,format=raw", "-nic", "none", "-display", "none",
        "-serial", f"file:{told}", "-serial", f"file:{console}", "-monitor", "none", "-no-reboot",
    ]  # fmt: skip
    said, begun = [], time.monotonic()
    machine = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL)
    ended = False
    while not ended:
        ended = machine.poll() is not None
        lines = told.read_text(encoding="utf-8", errors="replace").split("\n")[:-1]
        lines = [line[2:].strip() for line in lines if line.startswith("@ ")]
        for line in lines[len(said) :]:
            print(f"  {time.monotonic() - begun:5.0f} s  {line}", flush=True)
        said = lines
        if time.monotonic() - begun > PATIENCE:
            machine.kill()
            raise SystemExit(f"the act `{step}` did not end; it said {said[-3:]}; console: {console}")
        if "cut" in said and not ended:
            machine.kill()
        time.sleep(0.5)
    return said


def expect(said, wanted, why):
    if wanted not in said:
        raise SystemExit(f"not seen: `{wanted}` ({why})")


def told(said):
    return [json.loads(line[5:]) for line in said if line.startswith("told ")]


def main():
    program, folder = Path(sys.argv[1]), Path(sys.argv[2])
    if problem := missing():
        print(f"Timers on a real machine are not tested: {problem}.")
        return
    folder.mkdir(parents=True, exist_ok=True)
    system = base(folder)
    furnish(system, program)
    disk = folder / "disk.img"
    disk.unlink(missing_ok=True)
    subprocess.run(["mkfs.ext4", "-q", "-d", system, disk, "6G"], check=True)
    service = "manyi-monthly-100.service"

    print("Act 1: the timer fires", flush=True)
    first = start(folder, system, "timer", "2026-12-02T21:50:00")
    expect(first, "units 0", "systemd-analyze has nothing to say of the units")
    expect(first, "before 0", "nothing runs before its time")
    expect(first, "latest 2026-11", "the timer fires at six in Shanghai")
    expect(first, "again 1", "a second start finds nothing")
    expect(first, f"{service} exit-code", "a month without answers fails")
    expect(first, "latest 2026-12", "and is made when they are there")
    expect(first, "nothing is missing while a run is at work", "no false alarm")
    if "memory infinity" in first:
        raise SystemExit("the run's memory has no limit")

    print("Act 2: after the power was cut", flush=True)
    second = start(folder, system, "boot", "2027-02-02T22:05:00")
    expect(second, "latest 2027-01", "the run goes on after the start")

    print("Act 3: off for two months, then cron", flush=True)
    third = start(folder, system, "late", "2027-04-10T08:00:00")
    expect(third, "latest 2027-03", "what was missed is made")
    expect(third, "latest 2027-04", "cron runs")
    expect(third, "cron 22", "at six in Shanghai")
    expect(third, "looked 1", "and looks afterwards")

    messages = told(first) + told(second) + told(third)
    reports = [(message["period"], message["revision"]) for message in messages if message["report"] == "scorecard"]
    months = ["2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-03", "2027-04"]
    if sorted(reports) != [(month, 1) for month in months]:
        raise SystemExit(f"each report is delivered once: {reports}")
    # One that is over comes under the period at which somebody looked.
    began = [message["period"] for message in messages if message["subject"].startswith(("[警报]", "[运行失败]"))]
    if set(began) != {"2026-12"}:
        raise SystemExit(f"alarms are about the month without answers alone: {began}")
    print("Timers of systemd and cron work on a real machine.")


main()
