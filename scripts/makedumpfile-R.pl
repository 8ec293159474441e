#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# makedumpfile-R.pl - put a flattened dump (makedumpfile -F) in order where makedumpfile itself is not at hand:
#     makedumpfile-R.pl DUMPFILE < STREAM
# DUMPFILE is overwritten. Exit status: 0 done, 1 failed; a DUMPFILE of a stream that ends early is left behind.
use strict;
use warnings;
use Errno qw(EINTR);
use Fcntl qw(O_WRONLY O_CREAT O_TRUNC SEEK_SET);

use constant {
	SIGNATURE   => 'makedumpfile',    # with NULs behind it, 16 bytes
	HEAD_BYTES  => 4096,              # signature, type, version, padding
	TYPE        => 1,
	PIECE_BYTES => 64 * 1024,
};

sub failed
{
	print "@_\nFailed.\n";
	exit 1;
}

# Exactly so many bytes of the stream.
my $stream_at = 0;
sub take
{
	my ($want, $what) = @_;
	my $bytes = '';

	while (length $bytes < $want) {
		my $got = sysread STDIN, $bytes, $want - length $bytes, length $bytes;
		next if !defined $got && $!{EINTR};
		failed("Can't read the stream at byte $stream_at. $!") if !defined $got;
		failed("The stream ends at byte $stream_at, in $what.") if !$got;
		$stream_at += $got;
	}
	return $bytes;
}

sub put
{
	my ($out, $name, $bytes) = @_;

	for (my $done = 0; $done < length $bytes; ) {
		my $put = syswrite $out, $bytes, length($bytes) - $done, $done;
		next if !defined $put && $!{EINTR};
		failed("Can't write the dump file($name). $!") if !defined $put;
		$done += $put;
	}
}

# Two big-endian signed 64-bit numbers. Exact below 2^53 on a perl without 64-bit integers, and always -1.
sub two_numbers
{
	return map { $_->[0] >= 0x80000000 ? -(0xffffffff - $_->[0]) * 2**32 - (0xffffffff - $_->[1]) - 1
					   : $_->[0] * 2**32 + $_->[1] }
		map { [ unpack 'NN', $_ ] } unpack 'a8a8', $_[0];
}

sub check_head
{
	my $head = take(HEAD_BYTES, 'the header');

	failed("It is not flattened format.") if unpack('Z16', $head) ne SIGNATURE;
	my ($type) = two_numbers(substr $head, 16, 16);
	failed("Can't get type of flattened format.") if $type != TYPE;
}

# One record into its place; false at the end record.
sub take_record
{
	my ($out, $name) = @_;
	my $record_at = $stream_at;
	my ($at, $left) = two_numbers(take(16, 'a record; it was cut short'));

	return 0 if $at == -1 && $left == -1;
	failed("Can't get valid end header of flattened format. The record at byte $record_at is damaged.")
		if $at < 0 || $left <= 0;
	sysseek $out, $at, SEEK_SET or failed("Can't seek the dump file($name) to $at. $!");
	while ($left > 0) {
		my $piece = take($left < PIECE_BYTES ? $left : PIECE_BYTES, "the record that starts at byte $record_at");
		put($out, $name, $piece);
		$left -= length $piece;
	}
	return 1;
}

@ARGV == 1 or failed("Usage: $0 DUMPFILE < STREAM");
my ($name) = @ARGV;
binmode STDIN;
print "Start re-arranging dump data of flattened format to a dumpfile.\n";
check_head();
sysopen my $out, $name, O_WRONLY | O_CREAT | O_TRUNC, 0600 or failed("Can't open the dump file($name). $!");
1 while take_record($out, $name);
close $out or failed("Can't write the dump file($name). $!");
print "The dumpfile is saved to $name.\nCompleted.\n";
