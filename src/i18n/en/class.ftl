# The page of a class.

class-heading = { $lab } · { $n ->
    [1] 1 submission
   *[other] { $n } submissions
}
class-graded = { $kind ->
    [one] graded on { $first } (UTC)
   *[several] graded from { $first } to { $last } (UTC)
}
class-counts-about = Each row of the table is one submission. An item counts as passed only if it was proved; items that were not submitted, that wait for another item or that could not be observed count neither as passed nor as failed. “Passed, %” is the share of all submissions.
class-anonymous = Names are removed: each submission has a number, and text written by its author is left out.
class-skip = Skip to the table

class-fact-submissions = submissions
class-fact-perfect = passed every item
class-fact-middle = { $n ->
    [1] score of the one with a program
   *[other] median score of the { $n } with a program
}
class-fact-without = without a program
class-fact-not-run = could not be run

class-again = Worth revisiting in class
class-again-none = No submission failed an item.
class-sound = No failures:
class-unproved = Neither passed nor failed by any submission:
class-passed = { $rate } % passed
class-count-pass = ✓ { $n } passed
class-count-fail = ✗ { $n } failed
class-count-not-verified = ? { $n } not verified
class-count-error = ! { $n } with socklab errors
class-count-not-submitted = – { $n } not submitted
class-count-waits = · { $n } waiting
class-count-unobserved = ○ { $n } not observed
class-show = show
class-example = for example:
class-more = { $n ->
    [1] 1 more cause
   *[other] { $n } more causes
}
class-more-items = { $n ->
    [1] 1 more item
   *[other] { $n } more items
}

class-spread = Points
class-spread-about = { $n ->
    [1] Score of the 1 submission with a program.
   *[other] Distribution of the scores of the { $n } submissions with a program.
}

class-table = Submissions and items
class-table-about = Hover over a cell or tap it to see the cause; click to pin it. Click a heading to sort.
class-no-script = Click a name to open the submission's page, with the causes.
class-search = Name
class-item = Item
class-any-item = any
class-verdict = Verdict
class-any-verdict = any
class-from = Points from
class-to = to
class-reset = Show all
class-previous = Previous
class-next = Next
class-further = The other submissions:
class-back = Back to the class
class-shown = shown
class-none-shown = (no matches)
class-submission = Submission
class-points = Points
class-rate = passed, %
class-open = the submission's page
class-pass = passed
class-fail = failed
class-not-verified = not verified: never counted as passed
class-error = socklab error, not the program's fault
class-not-submitted = not submitted
class-waits = waits for an item that did not pass
class-unobserved = could not be observed
class-documented = answered in the written report
class-written = report
class-by-hand = by hand

class-footer = socklab { $version } · { $stage } · seed { $seed }
class-stage-isolated = each program ran in its own sandbox
class-stage-plain = the programs ran on this machine's own network

# The command line.
cli-pages-folder = the pages of a class are written to a directory: name it with --output
cli-pages-not-ours = "{ $folder }" already exists and does not contain pages written by socklab: not overwritten
cli-pages-anonymous = --anonymous requires --format html
cli-pages-written = { $n ->
    [1] 1 submission: open { $index }
   *[other] { $n } submissions: open { $index }
}
