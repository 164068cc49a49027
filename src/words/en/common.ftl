# Words that every floor uses: points, times.
# Where 1 alone is singular, `[1]` is written and not `[one]`: in Portuguese `[one]` holds 0 as well.

points = { $of ->
    [1] { $earned }/{ $of } point
   *[other] { $earned }/{ $of } points
}
milliseconds = { $n } ms
seconds = { $whole }.{ $tenth } s
