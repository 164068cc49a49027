#!/usr/bin/perl
use strict;
use warnings;
use IO::Socket::INET;

my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 65432,
    Proto => 'tcp', Listen => 1, ReuseAddr => 1) or die "socket: $!";
my $c = $s->accept;
print "Connected by ", $c->peerhost, "\n";
my $buf;
while (sysread($c, $buf, 1024)) {
    syswrite($c, $buf);
}
close $c;
