# Texts of the report formats.

# Labels at the left of a line.
report-label-cause = cause
report-label-also = also
report-label-line = line
report-label-sends = sends at
report-label-hint = hint
report-label-expected = check
report-label-repeat = repeat
report-label-evidence = evidence
report-label-note = note
report-label-seed = seed
report-label-unseen = not observed
report-label-wanted = expected
report-label-got = received
report-same-cause = the same as in { $item }

# Below the bytes that differ.
report-caret = first difference at byte { $at } (counting from 0)
report-hidden = { $n ->
    [1] [1 byte hidden]
   *[other] [{ $n } bytes hidden]
}

# Reasons and counts of an item.
report-not-verified = not verified: { $reason }
report-range = { $first } to { $last }
report-start-with = Start with { $item }: { $cause }
report-start-with-line = Start with { $item }, { $line }: { $cause }
report-mark-order = items from left to right: { $items }
report-marks = ✓ passed   ✗ failed   ? not verified   – not submitted   · waits for another item   ○ could not be observed   ! error
report-frequent-causes = Most frequent causes
report-error = socklab error (not the program's fault): { $reason }
report-no-reason = no reason was recorded
report-more-findings = { $n ->
    [1] 1 more finding: -v shows it
   *[other] { $n } more findings: -v shows them
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
}, { $perfect } passed every item
report-seed = { $seed } (repeat with --seed { $seed })
report-interrupted = interrupted: items not listed were not run
report-empty = nothing was run
report-plain-stage = the programs ran on this machine's own network, without a sandbox
report-doctor = run `socklab doctor` to see what is missing here and how to fix it
report-evidence = { $folder }
report-evidence-packets = { $folder }/capture.pcapng   (filter: { $filter })
