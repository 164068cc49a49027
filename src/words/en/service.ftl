# CI services and grading platforms: what is written for them by itself, their formats, and their files.

# Markdown and annotations.
markdown-item = item
markdown-points = points
markdown-cut = { $n ->
    [1] 1 part was left out, since
   *[other] { $n } parts were left out, since
} there was room for { $kib } KiB:
github-more-failed = { $n ->
    [1] and 1 more item failed
   *[other] and { $n } more items failed
}: { $items }
github-more-errors = { $n ->
    [1] and socklab had trouble with 1 more item
   *[other] and socklab had trouble with { $n } more items
}: { $items }

# What was written by itself.
service-wrote = { $service } was found: wrote { $what } (--no-ci turns this off)
service-took = { $service } was found: the submission is "{ $path }" (--no-ci turns this off)
service-summary = the summary of the step
service-annotations = annotations
service-file = "{ $file }"

# socklab init --ci
service-ci-note = put in it where your course keeps socklab: the line that says CHANGE-ME
