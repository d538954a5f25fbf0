//! The command line as the user types it: verbs and their options, nothing else.

use std::path::PathBuf;

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::cli::args_runs::{
    ApproveOptions, BackfillOptions, HistoryOptions, PurgeOptions, ResendOptions, RunOptions, ScheduleOptions,
    ServeOptions, SettleOptions, WatchOptions,
};
use crate::config::PROJECT_FILE;
use crate::diagnostics::Lang;
use crate::grade::submissions::worker::VERB as READ_SUBMISSION;

/// Customer-satisfaction planning documents from survey data (满意度策划).
#[derive(Debug, Parser)]
#[command(name = "manyi", version, about, propagate_version = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
    /// What every verb takes.
    #[command(flatten)]
    pub common: CommonOptions,
}

/// Options of every verb.
#[derive(Debug, Clone, Args)]
pub struct CommonOptions {
    /// Language of messages and documents: zh-CN, zh-TW or en [default: the project's for documents, the locale's for messages]
    #[arg(long, global = true, value_name = "LANG")]
    pub lang: Option<Lang>,
    /// Print data and problems as JSON on standard output
    #[arg(long, global = true)]
    pub json: bool,
    /// Print errors only
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Print notes too
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Write a commented manyi.yaml, guessed from survey exports if any are given
    Init(InitOptions),
    /// Find every problem of a project: its YAML, its plugins and its data
    Check(ProjectOptions),
    /// Compute the indicators and print them
    Metrics(MetricsOptions),
    /// Compute the banner tables and print them
    Tables(TablesOptions),
    /// Show the findings and the plan that answers them
    Plan(PlanOptions),
    /// Show how a number came about, from the files to the estimate
    Explain(ExplainOptions),
    /// Build the documents of a project
    Build(BuildOptions),
    /// Make and publish the release of a period, unattended: the last complete one, or nothing if its inputs are unchanged
    Run(RunOptions),
    /// Publish a release that a gate holds
    Approve(ApproveOptions),
    /// List the releases, or the series of an indicator over the periods
    History(HistoryOptions),
    /// Make the releases of past periods, from first to last
    Backfill(BackfillOptions),
    /// Say whether the release of every period that is due exists
    Watch(WatchOptions),
    /// List the deliveries that wait for a decision, or send some of them again
    Resend(ResendOptions),
    /// Say of deliveries that failed or are uncertain that they arrived, or are not to be sent any more
    Settle(SettleOptions),
    /// Timers of systemd and cron for a project
    Schedule(ScheduleOptions),
    /// Stay and run each period when it is due, for containers
    ServeSchedule(ServeOptions),
    /// Remove a respondent from the files of a project
    Purge(PurgeOptions),
    /// Grade a class's planning documents: evidence and proposals, the teacher decides
    Grade(GradeOptions),
    /// List, show and test metric plugins
    Plugins(PluginsOptions),
    /// List the template packs, or copy one into a project to change it
    Templates(TemplatesOptions),
    /// Show the dictionary by which open answers are coded into themes
    Themes(ThemesOptions),
    /// Print the JSON Schema of a YAML file, for editors
    Schema(SchemaOptions),
    /// Read submissions and print what they hold as JSON: what `grade` starts for every few files
    #[command(hide = true, name = READ_SUBMISSION)]
    ReadSubmission {
        /// The files.
        files: Vec<PathBuf>,
    },
    /// Print a completion script for a shell
    #[command(hide = true)]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(hide = true)]
    Manual,
}

/// Takes a project's folder, or its `manyi.yaml` in place of it.
pub(super) fn project_folder() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().map(|path: PathBuf| {
        let names_file = path.file_name().is_some_and(|name| name == PROJECT_FILE) && !path.is_dir();
        match path.parent().filter(|_| names_file) {
            Some(folder) if folder.as_os_str().is_empty() => PathBuf::from("."),
            Some(folder) => folder.to_path_buf(),
            None => path,
        }
    })
}

/// A project folder.
#[derive(Debug, Args)]
pub struct ProjectOptions {
    /// Project folder (holds manyi.yaml)
    #[arg(default_value = ".", value_parser = project_folder())]
    pub project: PathBuf,
}

/// Options of `init`.
#[derive(Debug, Args)]
pub struct InitOptions {
    /// Folder to write manyi.yaml into
    #[arg(default_value = ".", value_parser = project_folder())]
    pub project: PathBuf,
    /// Survey exports to guess questions, types and roles from
    #[arg(long, num_args = 1.., value_name = "FILE")]
    pub from: Vec<PathBuf>,
    /// Replace an existing manyi.yaml
    #[arg(long)]
    pub force: bool,
}

/// Options of `metrics`.
#[derive(Debug, Args)]
pub struct MetricsOptions {
    /// Project folder (holds manyi.yaml)
    #[arg(default_value = ".", value_parser = project_folder())]
    pub project: PathBuf,
    /// Print as CSV
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    /// Only these metrics
    #[arg(long, value_name = "ID")]
    pub metric: Vec<String>,
    /// Only this wave [default for the table: the newest]
    #[arg(long)]
    pub wave: Option<String>,
}

/// Options of `tables`.
#[derive(Debug, Args)]
pub struct TablesOptions {
    /// Project folder (holds manyi.yaml)
    #[arg(default_value = ".", value_parser = project_folder())]
    pub project: PathBuf,
    /// Only these banners
    #[arg(long, value_name = "ID")]
    pub id: Vec<String>,
    /// Print as CSV, a line a cell
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
}

/// Options of `plan`.
#[derive(Debug, Args)]
pub struct PlanOptions {
    /// Project folder (holds manyi.yaml)
    #[arg(default_value = ".", value_parser = project_folder())]
    pub project: PathBuf,
    /// Print the whole plan as YAML, to be put into manyi.yaml and changed
    #[arg(long, conflicts_with = "json")]
    pub yaml: bool,
    /// List the strategies that a plan may choose from
    #[arg(long, conflicts_with = "yaml")]
    pub library: bool,
}

/// Options of `explain`.
#[derive(Debug, Args)]
pub struct ExplainOptions {
    /// Metric id, such as reputation
    pub metric: String,
    /// Project folder (holds manyi.yaml)
    #[arg(default_value = ".", value_parser = project_folder())]
    pub project: PathBuf,
    /// Group of answers, such as canteen=第二食堂
    #[arg(long, value_name = "COLUMN=VALUE")]
    pub segment: Option<String>,
    /// Wave [default: the newest]
    #[arg(long)]
    pub wave: Option<String>,
}

/// Options of `build`.
#[derive(Debug, Args)]
pub struct BuildOptions {
    /// Project folder (holds manyi.yaml)
    #[arg(default_value = ".", value_parser = project_folder())]
    pub project: PathBuf,
    /// Folder for the results [default: out inside the project]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Only this report
    #[arg(long, value_name = "ID")]
    pub report: Vec<String>,
    /// Of reports for each group: only this one
    #[arg(long, value_name = "GROUP")]
    pub only: Vec<String>,
    /// Documents made at once [default: one a core]
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
}

/// Options of `grade`.
#[derive(Debug, Args)]
pub struct GradeOptions {
    /// Course folder (holds submissions/, and rubric.yaml and roster.csv if there are any)
    #[arg(default_value = ".")]
    pub course: PathBuf,
    /// Folder for the reports [default: out inside the course]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace names and numbers everywhere; the gradebook stays as it is
    #[arg(long)]
    pub anonymous: bool,
    /// Leave the PDF files out
    #[arg(long)]
    pub no_pdf: bool,
    /// Scores of a teacher (CSV) to hold the proposals against
    #[arg(long, value_name = "FILE", conflicts_with = "anonymous")]
    pub agreement: Option<PathBuf>,
    /// Files read at once [default: one a core]
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
}

/// Options of `plugins`.
#[derive(Debug, Args)]
pub struct PluginsOptions {
    /// What to do with plugins.
    #[command(subcommand)]
    pub action: PluginsAction,
}

/// What to do with plugins.
#[derive(Debug, Subcommand)]
pub enum PluginsAction {
    /// List built-in plugins and those of the project
    List(ProjectOptions),
    /// Show inputs, metrics and definitions of a plugin
    Show {
        /// Plugin id
        id: String,
        /// Project folder (holds manyi.yaml)
        #[arg(default_value = ".", value_parser = project_folder())]
        project: PathBuf,
    },
    /// Make a plugin that passes its own test, to be changed into one's own
    New {
        /// Plugin id: name of its folder; lower-case letters, digits and `-`
        id: String,
        /// With a module in WebAssembly and its source in Rust
        #[arg(long)]
        wasm: bool,
        /// Project folder (holds manyi.yaml), or its plugins folder
        #[arg(long, default_value = ".", value_parser = project_folder())]
        project: PathBuf,
    },
    /// Run the cases of tests.yaml of a plugin, or of all plugins
    Test {
        /// Plugin id; all plugins without it
        id: Option<String>,
        /// All plugins, which is the default
        #[arg(long, conflicts_with = "id")]
        all: bool,
        /// Project folder (holds manyi.yaml)
        #[arg(long, default_value = ".", value_parser = project_folder())]
        project: PathBuf,
    },
}

/// Options of `templates`.
#[derive(Debug, Args)]
pub struct TemplatesOptions {
    /// What to do with templates.
    #[command(subcommand)]
    pub action: TemplatesAction,
}

/// What to do with templates.
#[derive(Debug, Subcommand)]
pub enum TemplatesAction {
    /// List the template packs
    List,
    /// Make a pack of your own that builds on another: only what differs has to be written
    New {
        /// Id of the new pack
        id: String,
        /// Pack that it builds on
        #[arg(long, default_value = "satisfaction-plan")]
        from: String,
        /// Project folder (holds manyi.yaml)
        #[arg(default_value = ".", value_parser = project_folder())]
        project: PathBuf,
    },
    /// List the files of a pack with where each comes from, or print one
    Show {
        /// Pack id, or a file of a pack: `scorecard/theme.typ`
        #[arg(value_name = "PACK[/FILE]")]
        what: String,
        /// Project folder (holds manyi.yaml)
        #[arg(default_value = ".", value_parser = project_folder())]
        project: PathBuf,
    },
    /// Print everything that templates can use, with the values of a project
    Facts {
        /// Only this one, such as `plan.objectives` or `metrics.reputation`
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// As the templates of this report see it [default: the first report]
        #[arg(long, value_name = "ID")]
        report: Option<String>,
        /// Project folder (holds manyi.yaml)
        #[arg(default_value = ".", value_parser = project_folder())]
        project: PathBuf,
    },
    /// Copy a pack into a project, where its files overrule the built-in ones
    Copy {
        /// Pack id
        pack: String,
        /// Project folder (holds manyi.yaml)
        #[arg(default_value = ".", value_parser = project_folder())]
        project: PathBuf,
    },
}

/// Options of `themes`.
#[derive(Debug, Args)]
pub struct ThemesOptions {
    /// What to do with themes.
    #[command(subcommand)]
    pub action: ThemesAction,
}

/// What to do with themes.
#[derive(Debug, Subcommand)]
pub enum ThemesAction {
    /// Print the dictionary in use, the general one without a project; `> themes.yaml` begins one of your own
    Show {
        /// Project folder (holds manyi.yaml)
        #[arg(default_value = ".", value_parser = project_folder())]
        project: PathBuf,
    },
}

/// Options of `schema`.
#[derive(Debug, Args)]
pub struct SchemaOptions {
    /// Which file
    #[arg(value_enum, default_value_t = SchemaName::Project)]
    pub file: SchemaName,
}

/// The YAML files that have a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaName {
    /// manyi.yaml
    Project,
    /// plugin.yaml
    Plugin,
    /// brand.yaml
    Brand,
    /// rubric.yaml
    Rubric,
}
