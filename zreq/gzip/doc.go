// Package gzip decodes response bodies that are compressed with gzip or deflate. Import
// it for its side effect:
//
//	import _ "github.com/zreq-go/zreq/zreq/gzip"
//
// Requests then ask for both codings. A body in one of them is decoded for everything
// that reads it: Content, JSON, Read, Chunks, WriteTo, download.SaveFile. A program that
// does not import the package never asks for a coding and links none of this.
//
// Text shrinks to about a fifth, which saves time and money on a slow link. A firmware
// image is usually compressed already and gains nothing.
//
// # Calls that it does not affect
//
// A call with a StreamCallback or a Range asks for the bytes as they are
// ("Accept-Encoding: identity"), with this package or without it. A callback usually
// writes where writing cannot be undone, and a Range counts coded bytes. If a coded body
// comes in spite of that, it is refused; see zreq.ErrEncoded. To decode while streaming,
// use Args.Stream and Response.Chunks.
//
// A call whose Headers or Omit name Accept-Encoding is not affected either.
//
// # When a body is complete
//
// A body counts as complete if its data ended where the coding says, the checksum after
// it was right (CRC-32 and length in gzip, Adler-32 in deflate), the message ended there
// as well, and nothing followed. Bytes after the end are an error, even if they are
// zeros. A gzip body may consist of several members, each with its checksum. If it is cut
// exactly between two of them, only the framing of the message shows it.
//
// The checksum comes last, so code that reads piece by piece has received the data before
// the checksum was verified. The data is good only when the end is io.EOF.
//
// Deflate is the zlib format. Some servers send it without the header of two bytes and
// without the checksum. Like browsers, this package accepts that. Nothing then detects a
// byte that was changed on the way, so use TLS or a digest of your own.
//
// # Errors
//
// A body that is not what its coding says is [ErrCorrupt]. The text names the coding and
// what is wrong. A body that ends too early is io.ErrUnexpectedEOF. Errors of the
// connection are returned as they are.
//
// # Memory and limits
//
// A response that is decoded borrows 36 to 60 KB. 32 KB of that are the window that the
// coding prescribes. When the body has ended, the memory goes back to a pool, from which
// the garbage collector takes it if no response needs it for a while. Beyond that,
// nothing is allocated for a response, whatever its length. The name, comment and extra
// fields of gzip are skipped.
//
// A few bytes can expand a thousandfold, so Limits.Ratio and Limits.Decoded of package
// zreq limit the output. A MiB of input without any output is an error as well, because
// such a body might never end.
//
// The package adds about 140 KB to a program for linux/arm.
//
// # What it does not do
//
// The package does not compress. It does not decode br or zstd, whose windows take
// megabytes. It does not decode a part of a body, in answer to a Range.
package gzip
