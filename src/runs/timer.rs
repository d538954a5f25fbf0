//! Timers of other programs: unit files of systemd and a line for cron, both in the time zone of the project.

use std::path::Path;

use chrono::Timelike;

use crate::config::period::Cadence;
use crate::runs::due::Calendar;

/// A file to be written or pasted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerFile {
    /// Name.
    pub name: String,
    /// Content.
    pub content: String,
}

/// The services and timers of systemd: the run, and every hour a look whether it happened, which also tries messages again. The timer catches up what was missed while the machine was off, and so does the run.
pub fn systemd(calendar: &Calendar, name: &str, user: Option<&str>, program: &Path, project: &Path) -> Vec<TimerFile> {
    let (program, project) = (quoted(program), quoted(project));
    let user = user.map(|user| format!("User={user}\n")).unwrap_or_default();
    let service = format!(
        "[Unit]
Description=manyi run of {name}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
{user}ExecStart={program} run {project} --catch-up --wait 600 --log json
# Secrets of delivery, one NAME=value a line; readable by the service's user alone.
EnvironmentFile=-/etc/manyi/{name}.env
# A template or data file that asks for all memory ends this run and not the machine.
MemoryMax=75%
Nice=5
PrivateTmp=true
NoNewPrivileges=true
"
    );
    let timer = format!(
        "[Unit]
Description=timer of manyi run of {name}

[Timer]
OnCalendar={}
Persistent=true

[Install]
WantedBy=timers.target
",
        on_calendar(calendar)
    );
    let watch_service = format!(
        "[Unit]
Description=manyi watch of {name}: releases that are missing, messages to be tried again

[Service]
Type=oneshot
{user}ExecStart={program} watch {project} --quiet
EnvironmentFile=-/etc/manyi/{name}.env
PrivateTmp=true
NoNewPrivileges=true
"
    );
    let watch_timer = format!(
        "[Unit]
Description=timer of manyi watch of {name}

[Timer]
OnCalendar=hourly
RandomizedDelaySec=600

[Install]
WantedBy=timers.target
"
    );
    vec![
        TimerFile { name: format!("manyi-{name}.service"), content: service },
        TimerFile { name: format!("manyi-{name}.timer"), content: timer },
        TimerFile { name: format!("manyi-{name}-watch.service"), content: watch_service },
        TimerFile { name: format!("manyi-{name}-watch.timer"), content: watch_timer },
    ]
}

/// The moments as systemd writes them (systemd.time(7)).
pub fn on_calendar(calendar: &Calendar) -> String {
    let (hour, minute) = (calendar.time.hour(), calendar.time.minute());
    let time = format!("{hour:02}:{minute:02}:00 {}", calendar.zone.name());
    let day = calendar.day;
    match calendar.every {
        Cadence::Month => format!("*-*-{day:02} {time}"),
        Cadence::Quarter => format!("*-01,04,07,10-{day:02} {time}"),
        Cadence::Week => {
            const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
            format!("{} *-*-* {time}", DAYS[(day as usize - 1) % 7])
        }
    }
}

/// The lines of a crontab. The run is started every day: Debian's cron takes no notice of `CRON_TZ`, and one that is started on the day
/// of the schedule alone but some hours before it would find nothing due and be silent for a month.
pub fn cron(calendar: &Calendar, program: &Path, project: &Path) -> String {
    let (hour, minute) = (calendar.time.hour(), calendar.time.minute());
    let fields = format!("{minute} {hour} * * *");
    let command = format!("{} run {} --catch-up --wait 600 --log json --quiet", shell(program), shell(project));
    // A percent sign ends the command of a crontab line.
    let command = command.replace('%', r"\%");
    let watch = format!("{} watch {} --quiet", shell(program), shell(project)).replace('%', r"\%");
    format!("CRON_TZ={}\n{fields} {command}\n17 * * * * {watch} >/dev/null 2>&1\n", calendar.zone.name())
}

/// A path in a unit file: quoted, with what systemd would expand doubled.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', r"\\").replace('"', "\\\"").replace('%', "%%").replace('$', "$$");
    format!("\"{text}\"")
}

/// A path in a shell.
fn shell(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn calendar(every: Cadence, day: u32) -> Calendar {
        let time = chrono::NaiveTime::from_hms_opt(6, 5, 0).unwrap();
        Calendar { every, zone: chrono_tz::Asia::Shanghai, from: None, day, time }
    }

    #[test]
    fn moments_of_systemd_and_cron() {
        let cases = [
            (Cadence::Month, 3, "*-*-03 06:05:00 Asia/Shanghai"),
            (Cadence::Quarter, 10, "*-01,04,07,10-10 06:05:00 Asia/Shanghai"),
            (Cadence::Week, 1, "Mon *-*-* 06:05:00 Asia/Shanghai"),
            (Cadence::Week, 7, "Sun *-*-* 06:05:00 Asia/Shanghai"),
        ];
        for (every, day, systemd) in cases {
            let calendar = calendar(every, day);
            assert_eq!(on_calendar(&calendar), systemd);
            let lines = cron(&calendar, Path::new("/usr/bin/manyi"), Path::new("/srv/100% good's"));
            let wanted = "CRON_TZ=Asia/Shanghai\n5 6 * * * '/usr/bin/manyi' run '/srv/100\\% good'\\''s' --catch-up --wait 600 --log json --quiet\n17 * * * * '/usr/bin/manyi' watch '/srv/100\\% good'\\''s' --quiet >/dev/null 2>&1\n";
            assert_eq!(lines, wanted);
        }
    }
}
