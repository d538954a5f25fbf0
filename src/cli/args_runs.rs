//! The verbs of unattended runs as the user types them.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};

use crate::cli::args::project_folder;
use crate::config::Period;

/// Options of `run`.
#[derive(Debug, Args)]
pub struct RunOptions {
    /// Project folder (holds manyi.yaml)
    #[arg(default_value = ".", value_parser = project_folder())]
    pub project: PathBuf,
    /// Month, quarter or week, such as 2026-11 [default: the last complete one]
    #[arg(long, value_name = "PERIOD")]
    pub period: Option<Period>,
    /// Run every period that is due and has no release, oldest first, and those whose inputs changed since the last ones
    #[arg(long, conflicts_with = "period")]
    pub catch_up: bool,
    /// Say what would be done and why, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Build anew although nothing changed, or although the period is not over
    #[arg(long)]
    pub force: bool,
    /// Publish without delivering
    #[arg(long)]
    pub no_deliver: bool,
    /// Wait so long for another run to end
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub wait: u64,
    /// Folder for the releases [default: out inside the project]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Documents made at once [default: one a core]
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// How to log on standard error
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub log: LogFormat,
}

/// Formats of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people
    Text,
    /// One JSON object a line
    Json,
}

/// Options of `approve`.
#[derive(Debug, Args)]
pub struct ApproveOptions {
    /// Project folder (holds manyi.yaml)
    #[arg(default_value = ".", value_parser = project_folder())]
    pub project: PathBuf,
    /// Period of the release that waits [default: the one that waits]
    #[arg(long, value_name = "PERIOD")]
    pub period: Option<Period>,
    /// Publish without delivering
    #[arg(long)]
    pub no_deliver: bool,
    /// Wait so long for another run to end
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub wait: u64,
    /// Folder of the releases [default: out inside the project]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Options of `history`.
#[derive(Debug, Args)]
pub struct HistoryOptions {
    /// Metric id, for its series; without it the releases are listed
    #[arg(value_name = "METRIC")]
    pub metric: Option<String>,
    /// Project folder (holds manyi.yaml)
    #[arg(value_name = "PROJECT", value_parser = project_folder(), conflicts_with = "project")]
    pub folder: Option<PathBuf>,
    /// The same as PROJECT
    #[arg(long, short = 'C', value_name = "DIR", default_value = ".", value_parser = project_folder())]
    pub project: PathBuf,
    /// Group, such as canteen=第二食堂 [default: the total]
    #[arg(long, value_name = "COLUMN=VALUE")]
    pub segment: Option<String>,
    /// Write every estimate to a file (.csv or .parquet)
    #[arg(long, value_name = "FILE")]
    pub export: Option<PathBuf>,
    /// List attempts too, failed ones included
    #[arg(long)]
    pub attempts: bool,
    /// List what was delivered to whom, and the alarms that stand
    #[arg(long)]
    pub deliveries: bool,
}

/// Options of `backfill`.
#[derive(Debug, Args)]
pub struct BackfillOptions {
    /// Project folder (holds manyi.yaml)
    #[arg(default_value = ".", value_parser = project_folder())]
    pub project: PathBuf,
    /// First period
    #[arg(long, value_name = "PERIOD")]
    pub from: Period,
    /// Last period
    #[arg(long, value_name = "PERIOD")]
    pub to: Period,
    /// Wait so long for another run to end
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub wait: u64,
    /// Folder for the releases [default: out inside the project]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Options of `watch`.
#[derive(Debug, Args)]
pub struct WatchOptions {
    /// Project folder (holds manyi.yaml)
    #[arg(default_value = ".", value_parser = project_folder())]
    pub project: PathBuf,
    /// Folder of the releases [default: out inside the project]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Options of `resend`.
#[derive(Debug, Args)]
pub struct ResendOptions {
    /// Project folder (holds manyi.yaml) where it is not this one, and deliveries to send again, by the ids that `manyi resend` lists
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
    /// Project folder, in place of PROJECT
    #[arg(long, short = 'C', value_name = "DIR", default_value = ".", value_parser = project_folder())]
    pub project: PathBuf,
    /// All uncertain ones of a period, but for those in whose place a newer revision was sent
    #[arg(long, value_name = "PERIOD", conflicts_with = "test")]
    pub period: Option<Period>,
    /// Send a short test message to a mail address or channel, past the outbox
    #[arg(long, value_name = "TO")]
    pub test: Option<String>,
    /// Wait so long for another run to end
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub wait: u64,
    /// Folder of the releases [default: out inside the project]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Options of `settle`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("decision").required(true).args(["arrived", "dropped"]))]
pub struct SettleOptions {
    /// Project folder (holds manyi.yaml) where it is not this one, and deliveries to settle, by the ids that `manyi resend` lists
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
    /// Project folder, in place of PROJECT
    #[arg(long, short = 'C', value_name = "DIR", default_value = ".", value_parser = project_folder())]
    pub project: PathBuf,
    /// All uncertain ones of a period
    #[arg(long, value_name = "PERIOD")]
    pub period: Option<Period>,
    /// They arrived
    #[arg(long)]
    pub arrived: bool,
    /// They are not to be sent any more
    #[arg(long)]
    pub dropped: bool,
    /// Wait so long for another run to end
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub wait: u64,
    /// Folder of the releases [default: out inside the project]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Options of `schedule`.
#[derive(Debug, Args)]
pub struct ScheduleOptions {
    /// What to do.
    #[command(subcommand)]
    pub action: ScheduleAction,
}

/// What to do with a timer.
#[derive(Debug, Subcommand)]
pub enum ScheduleAction {
    /// Print the timer of a project, and write it if --write names a folder
    #[command(group = ArgGroup::new("timer").required(true).args(["systemd", "cron"]))]
    Install {
        /// Project folder (holds manyi.yaml)
        #[arg(default_value = ".", value_parser = project_folder())]
        project: PathBuf,
        /// Unit files of systemd
        #[arg(long)]
        systemd: bool,
        /// Lines of a crontab
        #[arg(long)]
        cron: bool,
        /// Folder to write to, such as /etc/systemd/system or /etc/cron.d
        #[arg(long, value_name = "DIR")]
        write: Option<PathBuf>,
        /// User that runs it: in the units of systemd, or in /etc/cron.d
        #[arg(long, value_name = "USER")]
        user: Option<String>,
    },
}

/// Options of `serve-schedule`.
#[derive(Debug, Args)]
pub struct ServeOptions {
    /// Project folder (holds manyi.yaml)
    #[arg(default_value = ".", value_parser = project_folder())]
    pub project: PathBuf,
    /// Folder for the releases [default: out inside the project]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Look again for what is due at least so often
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub every: u64,
    /// End after so many looks; for tests
    #[arg(long, value_name = "N", hide = true)]
    pub rounds: Option<u64>,
    /// Publish without delivering
    #[arg(long)]
    pub no_deliver: bool,
    /// How to log on standard error
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub log: LogFormat,
}

/// Options of `purge`.
#[derive(Debug, Args)]
pub struct PurgeOptions {
    /// Id of the respondent, as it stands in the column `data.id`
    #[arg(long, value_name = "ID")]
    pub respondent: String,
    /// Project folder (holds manyi.yaml)
    #[arg(default_value = ".", value_parser = project_folder())]
    pub project: PathBuf,
    /// Folder of the releases [default: out inside the project]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Remove the rows of this file only, a path as the project shows it; may be given several times
    #[arg(long, value_name = "FILE", conflicts_with = "all_files")]
    pub file: Vec<String>,
    /// Remove the rows with this id in every file, though ids of several files may be of different people
    #[arg(long)]
    pub all_files: bool,
    /// Say what would be removed, and remove nothing
    #[arg(long)]
    pub dry_run: bool,
}
