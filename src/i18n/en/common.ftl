# Used by all modules: points, durations.
# If only 1 is singular, write `[1]` and not `[one]`: in Portuguese, `[one]` also matches 0.

points = { $of ->
    [1] { $earned }/{ $of } point
   *[other] { $earned }/{ $of } points
}
milliseconds = { $n } ms
seconds = { $whole }.{ $tenth } s
