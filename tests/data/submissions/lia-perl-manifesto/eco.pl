use strict;
use warnings;
use IO::Socket::INET;
my $s = IO::Socket::INET->new(LocalAddr => '0.0.0.0', LocalPort => 7777, Listen => 5, ReuseAddr => 1) or die $!;
while (my $c = $s->accept) {
    while ($c->sysread(my $b, 2048)) { $c->syswrite($b) }
    $c->close;
}
