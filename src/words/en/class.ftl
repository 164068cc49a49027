# The page of a class.

class-heading = { $lab }: { $n ->
    [1] 1 submission
   *[other] { $n } submissions
}
class-anonymous = Without names: each submission has a number instead, and what its author wrote is left out.
class-skip = To the table

class-fact-submissions = submissions
class-fact-perfect = with every item passed
class-fact-middle = points in the middle of the class (median)
class-fact-not-run = could not be run

class-again = To teach again
class-again-none = Nobody failed an item.
class-sound = Failed by nobody:
class-unproved = Passed or failed by nobody:
class-passed = { $rate } % passed
class-count-pass = ✓ { $n } passed
class-count-fail = ✗ { $n } failed
class-count-not-verified = ? { $n } not verified
class-count-error = ! { $n } with trouble of socklab's
class-show = show them
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
class-spread-about = How many submissions earned how much of their points.

class-table = Submissions and items
class-table-about = Point at a cell for the cause, click to keep it. A heading sorts.
class-no-script = A name leads to the submission's page, which tells the causes.
class-search = Name
class-item = Item
class-any-item = any
class-verdict = Verdict
class-any-verdict = any
class-from = Points from
class-to = to
class-reset = Show all
class-shown = shown
class-none-shown = (nothing fits)
class-submission = Submission
class-points = Points
class-rate = passed, %
class-open = the submission's page
class-pass = passed
class-fail = failed
class-not-verified = not verified: never counted as passed
class-error = trouble of socklab's, not the program's

class-footer = socklab { $version } · { $stage } · seed { $seed }
class-stage-isolated = each program in namespaces of its own
class-stage-plain = the programs ran on this machine's own network

# The command line.
cli-pages-folder = the pages of a class go into a folder: name it with --output
cli-pages-not-ours = "{ $folder }" is there already and holds no pages of socklab's: it stays as it is
cli-pages-anonymous = --anonymous is for --format html
cli-pages-written = { $n ->
    [1] 1 submission: open { $index }
   *[other] { $n } submissions: open { $index }
}
