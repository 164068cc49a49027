# CI services and grading platforms: automatic output, formats and files.

# Markdown and annotations.
markdown-item = item
markdown-points = points
markdown-cut = { $n ->
    [1] 1 part was left out:
   *[other] { $n } parts were left out:
} the limit is { $kib } KiB
github-more-failed = { $n ->
    [1] and 1 more item failed
   *[other] and { $n } more items failed
}: { $items }
github-more-errors = { $n ->
    [1] and 1 more item had a socklab error
   *[other] and { $n } more items had a socklab error
}: { $items }

# Automatic output.
service-wrote = running on { $service }: wrote { $what } (disable with --no-ci)
service-took = running on { $service }: using the submission "{ $path }" (disable with --no-ci)
service-summary = the job summary
service-annotations = annotations
service-file = "{ $file }"

# socklab init --ci and --devcontainer
service-wheel-note = edit the line marked CHANGE-ME: the address, or the path in this repository, from which the service installs the wheel of socklab { $version }
