# Words of the report formats.

# Labels at the left of a line.
report-label-cause = cause
report-label-line = line
report-label-hint = hint
report-label-expected = expected
report-label-repeat = repeat
report-label-evidence = evidence
report-label-note = note
report-label-seed = seed
report-label-unseen = not seen
report-label-wanted = should be
report-label-got = came

# Below the bytes that differ.
report-caret = differs from byte { $at } on (the first byte is 0)
report-hidden = { $n ->
    [1] [1 byte hidden]
   *[other] [{ $n } bytes hidden]
}

# An item's reasons and counts.
report-not-verified = not verified: { $reason }
report-error = socklab's own trouble, not the program's: { $reason }
report-no-reason = no reason was recorded
report-more-findings = { $n ->
    [1] and 1 more finding: --report json=- shows it
   *[other] and { $n } more findings: --report json=- shows them
}

# The summary.
report-count-pass = { $n } passed
report-count-fail = { $n } failed
report-count-not-verified = { $n } not verified
report-count-error = { $n ->
    [1] 1 error
   *[other] { $n } errors
}
report-submissions = { $n ->
    [1] 1 submission
   *[other] { $n } submissions
}, { $perfect } with every item passed
report-seed = { $seed } (every random choice came from it)
report-interrupted = interrupted: items that are missing here were not run
report-empty = nothing was run
report-plain-stage = the programs ran on this machine's own network, without isolation
report-doctor = `socklab doctor` tells what is missing here and what to do about it
report-evidence = { $folder }
report-evidence-packets = { $folder }/capture.pcapng   (filter: { $filter })
