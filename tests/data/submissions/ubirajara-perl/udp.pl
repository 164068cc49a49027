use strict;
use IO::Socket::INET;
my $s = IO::Socket::INET->new(LocalPort => 65431, LocalAddr => 'localhost', Proto => 'udp') or die $!;
while (1) {
    my $m;
    my $de = $s->recv($m, 2048);
    $s->send(uc $m, 0, $de);
}
