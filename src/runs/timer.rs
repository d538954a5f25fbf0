//! Timers of other programs: unit files of systemd and a line for cron, both in the time zone of the project.

use std::path::Path;

use chrono::Timelike;

use crate::output::manifest::sha256_hex;
use crate::runs::due::Calendar;

/// A file to be written or pasted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerFile {
    /// Name.
    pub name: String,
    /// Content.
    pub content: String,
    /// How the content names the folder of its project, where it does.
    pub folder: Option<String>,
}

impl TimerFile {
    /// True if a file of this name that is there already is about the project of another folder.
    pub fn is_of_another(&self, held: &str) -> bool {
        self.folder.as_ref().is_some_and(|folder| !held.contains(folder.as_str()))
    }
}

/// A name for units and files of cron, in characters that they may have: small letters of ASCII, digits and hyphens. Where letters of
/// another script are lost by it, digits made of the folder tell apart what would be one name.
pub fn unit_name(name: &str, folder: &Path) -> String {
    let clean = |character: char| if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { '-' };
    let kept: String = name.chars().map(clean).collect();
    let kept = kept.trim_matches('-');
    if name.is_ascii() && !kept.is_empty() {
        return kept.to_owned();
    }
    let kept = if kept.is_empty() { "project" } else { kept };
    let digest = sha256_hex(folder.as_os_str().as_encoded_bytes());
    format!("{kept}-{}", digest.get(..8).unwrap_or_default())
}

/// Minutes after a run begins at which one looks whether it happened. With those of [`cron`], no look falls on the beginning of a run,
/// whatever quarters of an hour lie between the zones of project and machine.
const LOOK: u32 = 37;

/// Before this hour daylight saving may skip the time of a run.
const SKIPPED_BEFORE: u32 = 4;

/// The services and timers of systemd: the run, and every hour a look whether it happened, which also tries messages again. The run is
/// started every day and after every start of the machine; what is due is decided by the program. A timer for the day of the schedule
/// alone would not come back for a month after a run that failed, that the power took, or whose time daylight saving skipped.
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
# Secrets of delivery, one NAME=value a line. systemd itself reads it: let root alone have it (mode 600).
EnvironmentFile=-/etc/manyi/{name}.env
# A template or data file that asks for all memory ends this run and not the machine.
MemoryMax=75%
# One that hangs is ended; the next goes on where it stopped.
TimeoutStartSec=6h
Nice=5
PrivateTmp=true
NoNewPrivileges=true
"
    );
    let timer = format!(
        "[Unit]
Description=timer of manyi run of {name}

[Timer]
# Every day, silent where nothing is due: what failed is tried again.
{}# What the power interrupted goes on.
OnBootSec=2min
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
TimeoutStartSec=1h
PrivateTmp=true
NoNewPrivileges=true
"
    );
    let watch_timer = format!(
        "[Unit]
Description=timer of manyi watch of {name}

[Timer]
OnCalendar=*-*-* *:{:02}:00 {}
RandomizedDelaySec=600

[Install]
WantedBy=timers.target
",
        (calendar.time.minute() + LOOK) % 60,
        calendar.zone.name()
    );
    vec![
        TimerFile { name: format!("manyi-{name}.service"), content: service, folder: Some(project.clone()) },
        TimerFile { name: format!("manyi-{name}.timer"), content: timer, folder: None },
        TimerFile { name: format!("manyi-{name}-watch.service"), content: watch_service, folder: Some(project) },
        TimerFile { name: format!("manyi-{name}-watch.timer"), content: watch_timer, folder: None },
    ]
}

/// The local times of a day at which a run is started: that of the schedule, and where daylight saving may skip it one an hour later.
fn times(calendar: &Calendar) -> Vec<String> {
    let (hour, minute) = (calendar.time.hour(), calendar.time.minute());
    let last = if hour < SKIPPED_BEFORE { hour + 1 } else { hour };
    (hour..=last).map(|hour| format!("{hour:02}:{minute:02}")).collect()
}

/// The moments as lines of a timer (systemd.time(7)).
pub fn on_calendar(calendar: &Calendar) -> String {
    let zone = calendar.zone.name();
    times(calendar).iter().map(|time| format!("OnCalendar=*-*-* {time}:00 {zone}\n")).collect()
}

/// The file of cron, its lines with a user where it has one: files in /etc/cron.d name the user before the command.
pub fn cron_file(calendar: &Calendar, name: &str, user: Option<&str>, program: &Path, project: &Path) -> TimerFile {
    let lines = cron(calendar, program, project);
    let with_user = |line: &str| {
        let mut parts: Vec<&str> = line.splitn(6, ' ').collect();
        if let Some(user) = user {
            parts.insert(5.min(parts.len()), user);
        }
        parts.join(" ") + "\n"
    };
    let folder = Some(shell(project).replace('%', r"\%"));
    TimerFile { name: format!("manyi-{name}"), content: lines.lines().map(with_user).collect(), folder }
}

/// The lines of a crontab. Debian's cron takes no notice of `CRON_TZ`, and zones are quarters of an hour apart: the shell asks for the time
/// of the project's zone four times an hour, and starts the run when it is that of the schedule, every day.
pub fn cron(calendar: &Calendar, program: &Path, project: &Path) -> String {
    let minute = calendar.time.minute();
    let mut minutes: Vec<u32> = (0..4).map(|quarter| (minute + 15 * quarter) % 60).collect();
    minutes.sort_unstable();
    let minutes: Vec<String> = minutes.iter().map(ToString::to_string).collect();
    let minutes = minutes.join(",");
    let look = (minute + LOOK) % 60;
    let (zone, times, program, project) =
        (calendar.zone.name(), times(calendar).join("|"), shell(program), shell(project));
    let run = format!(
        "case $(TZ={zone} date +%H:%M) in {times}) {program} run {project} --catch-up --wait 600 --log json --quiet;; esac"
    );
    let watch = format!("{program} watch {project} --quiet >/dev/null 2>&1");
    // A percent sign ends the command of a crontab line.
    format!("{minutes} * * * * {run}\n{look} * * * * {watch}\n").replace('%', r"\%")
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
    use crate::config::period::Cadence;

    fn calendar(time: (u32, u32), zone: chrono_tz::Tz) -> Calendar {
        let time = chrono::NaiveTime::from_hms_opt(time.0, time.1, 0).unwrap();
        Calendar { every: Cadence::Month, zone, from: None, day: 3, time }
    }

    #[test]
    fn moments_of_systemd_and_cron() {
        let shanghai = calendar((6, 5), chrono_tz::Asia::Shanghai);
        assert_eq!(on_calendar(&shanghai), "OnCalendar=*-*-* 06:05:00 Asia/Shanghai\n");
        let lines = cron(&shanghai, Path::new("/usr/bin/manyi"), Path::new("/srv/100% good's"));
        let wanted = r"5,20,35,50 * * * * case $(TZ=Asia/Shanghai date +\%H:\%M) in 06:05) '/usr/bin/manyi' run '/srv/100\% good'\''s' --catch-up --wait 600 --log json --quiet;; esac
42 * * * * '/usr/bin/manyi' watch '/srv/100\% good'\''s' --quiet >/dev/null 2>&1
";
        assert_eq!(lines, wanted);
        let file = cron_file(&shanghai, "x", None, Path::new("/usr/bin/manyi"), Path::new("/srv/100% good's"));
        assert!(file.name == "manyi-x" && file.content == lines && !file.is_of_another(&lines));
        let file = cron_file(&shanghai, "x", Some("www"), Path::new("/usr/bin/manyi"), Path::new("/srv/100%"));
        assert!(file.content.contains("\n42 * * * * www '/usr/bin/manyi' watch '/srv/100\\%'"), "{}", file.content);
        assert!(file.is_of_another(&lines));
        let units = systemd(&shanghai, "x", Some("www"), Path::new("/usr/bin/manyi"), Path::new("/srv/100% good"));
        let texts: Vec<&str> = units.iter().map(|unit| unit.content.as_str()).collect();
        assert!(
            texts[0].contains("User=www\nExecStart=\"/usr/bin/manyi\" run \"/srv/100%% good\" --catch-up"),
            "{}",
            texts[0]
        );
        assert!(texts[1].contains("06:05:00 Asia/Shanghai\n# What"), "{}", texts[1]);
        assert!(texts[3].contains("OnCalendar=*-*-* *:42:00 Asia/Shanghai\n"), "{}", texts[3]);
        let others = systemd(&shanghai, "x", None, Path::new("/usr/bin/manyi"), Path::new("/srv/100% good/2"));
        let taken: Vec<bool> = others.iter().zip(&texts).map(|(other, held)| other.is_of_another(held)).collect();
        assert_eq!(taken, [true, false, true, false]);
        assert!(units.iter().zip(&texts).all(|(unit, held)| !unit.is_of_another(held)));
    }

    #[test]
    fn names_of_units_stay_apart() {
        let name = |name: &str| unit_name(name, Path::new("/srv").join(name).as_path());
        assert_eq!(["monthly-100", "My_Shop ", "project"].map(name), ["monthly-100", "my-shop", "project"]);
        let others = ["食堂", "门店", "门店2", "!"].map(name);
        for (name, beginning) in others.iter().zip(["project-", "project-", "2-", "project-"]) {
            let digits = name.strip_prefix(beginning).unwrap();
            assert!(digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()), "{name}");
        }
        assert_ne!(others[0], others[1]);
    }

    /// On 28 March 2027 there is no half past two in Berlin, and systemd does nothing on that day.
    #[test]
    fn a_time_that_daylight_saving_skips_is_followed_by_another() {
        let berlin = calendar((2, 30), chrono_tz::Europe::Berlin);
        let wanted = "OnCalendar=*-*-* 02:30:00 Europe/Berlin\nOnCalendar=*-*-* 03:30:00 Europe/Berlin\n";
        assert_eq!(on_calendar(&berlin), wanted);
        let lines = cron(&berlin, Path::new("manyi"), Path::new("p"));
        assert!(
            lines.starts_with(r"0,15,30,45 * * * * case $(TZ=Europe/Berlin date +\%H:\%M) in 02:30|03:30) 'manyi'"),
            "{lines}"
        );
        assert!(lines.contains("\n7 * * * * 'manyi' watch 'p'"), "{lines}");
    }
}
