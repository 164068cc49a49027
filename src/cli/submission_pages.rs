//! Writes the pages of the submissions of a class, in parallel: rendering a page takes longer than
//! reading its content. Only a few submissions are in memory at a time.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;

use crate::model::{Language, Report, SubmissionResult};
use crate::report::html::{Catalogs, RecordedScenario, submission_page};
use crate::run::evidence_codec::PackedEvidence;
use crate::run::lock;
use crate::run::store::StoreError;

/// Maximum number of threads: the disk does not get faster with more.
const MAX_THREADS: usize = 16;

/// The content of a page.
pub(super) struct PageJob {
    /// Its file.
    pub(super) path: PathBuf,
    /// The results of the submission, as readers may see them.
    pub(super) result: SubmissionResult,
    /// Its evidence, as it is stored.
    pub(super) evidence: Vec<PackedEvidence>,
}

/// Writes the pages of a class. `run` is the report without its submissions, `class` a link to the
/// page of the class.
///
/// # Errors
/// Returns an error if a submission cannot be read, or if a page cannot be written.
pub(super) fn write(
    jobs: impl Iterator<Item = Result<PageJob, StoreError>>,
    run: &Report,
    class: Option<&'static str>,
    language: Language,
) -> anyhow::Result<()> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS);
    let (send, receive) = sync_channel::<PageJob>(threads);
    let (receive, is_failed) = (Mutex::new(receive), AtomicBool::new(false));
    let (receive, is_failed) = (&receive, &is_failed);
    std::thread::scope(move |scope| {
        let work = move || -> anyhow::Result<()> {
            // The catalogues of a thread are its own, because they cache what they format.
            let catalogs = Catalogs::of(language);
            let mut written = Ok(());
            loop {
                // Goes on receiving after an error, so that the sender never waits for ever.
                let next = lock(receive).recv();
                let Ok(job) = next else { return written };
                if is_failed.load(Ordering::Relaxed) {
                    continue;
                }
                let page = catch_unwind(AssertUnwindSafe(|| write_page(&job, run, class, &catalogs)));
                let page = page.unwrap_or_else(|_| Err(anyhow::anyhow!("the page cannot be rendered")));
                if let Err(error) = page {
                    is_failed.store(true, Ordering::Relaxed);
                    written = Err(error.context(format!("writing {}", job.path.display())));
                }
            }
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut read = Ok(());
        for job in jobs {
            match job {
                Ok(job) if !is_failed.load(Ordering::Relaxed) => drop(send.send(job)),
                Ok(_) => break,
                Err(error) => {
                    read = Err(error);
                    break;
                }
            }
        }
        drop(send);
        for worker in workers {
            worker.join().map_err(|_| anyhow::anyhow!("a thread that writes pages ended"))??;
        }
        Ok(read?)
    })
}

fn write_page(job: &PageJob, run: &Report, class: Option<&'static str>, catalogs: &Catalogs) -> anyhow::Result<()> {
    let mut evidence = Vec::with_capacity(job.evidence.len());
    for kept in &job.evidence {
        evidence.push((kept.scenario.as_str(), kept.unpack().map_err(StoreError::from)?));
    }
    let seen = evidence.iter().map(|(scenario, evidence)| RecordedScenario { scenario, evidence, manifest: None });
    let seen: Vec<RecordedScenario<'_>> = seen.collect();
    Ok(fs::write(&job.path, submission_page(run, &job.result, &seen, class, catalogs)?)?)
}
