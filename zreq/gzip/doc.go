// Package gzip lets responses come compressed: gzip and deflate. Import it for
// that effect:
//
//	import _ "github.com/zreq-go/zreq/zreq/gzip"
//
// Requests then say that they take both, and a body that comes in one of them is
// what it was before for every reader of it: Content, JSON, Read, Chunks, WriteTo,
// download.SaveFile. A program that does not import the package never asks for a coding
// and links none of this.
//
// Calls with a StreamCallback or a Range are not concerned. They ask for the bytes as they
// are ("Accept-Encoding: identity"), with this package or without it, because a callback
// writes where writing cannot be undone, and a Range counts coded bytes. A coded body that
// comes all the same is refused, see zreq.ErrEncoded. To stream what a coding made small,
// use Args.Stream and Response.Chunks. Nor is a call whose Headers name Accept-Encoding,
// or whose Omit does.
//
// A text becomes a fifth of itself, which is time and money on a slow link. A
// firmware image is usually compressed already, and gains nothing.
//
// # When a body is whole
//
// A body counts as whole when its data ended where the coding says, the checksum
// behind it was right (CRC-32 and length in gzip, Adler-32 in deflate), the
// message ended there too, and nothing followed. Bytes behind the end are an
// error even if they are zeros: an image with something behind it is not the
// image. gzip may be several members in a row, each with its checksum, and a body
// that is cut exactly between two of them shows it only by its framing.
//
// The checksum stands at the end, so who reads piece by piece has had the data by then.
// What was written is good when the end is io.EOF, and not before.
//
// Deflate is the format of zlib. Some servers send it without the two bytes of
// header and without the checksum, and like browsers this package takes that; but
// then nothing shows a byte that was changed on the way. That is for TLS, or a
// digest of one's own.
//
// # Errors
//
// A body that is not what its coding says is [ErrCorrupt], and the text tells the
// coding and what is wrong. One that ends too early is io.ErrUnexpectedEOF. An
// error of the connection stays what it was.
//
// # Memory and limits
//
// A response that is decoded borrows 36 to 60 KB, of which 32 are the window that
// its data may refer to; the coding does not let a receiver choose less. They go
// back to a pool when the body has ended, and to the collector when no response
// wants them for a while. Nothing more is allocated for a response, however long
// it is, once the pool has some. The name, comment and extra fields of gzip are
// passed over and not kept.
//
// A few bytes can become a thousand times as many, so Limits.Ratio and
// Limits.Decoded of package zreq bound what comes out. The other way round, a
// mebibyte that becomes nothing is an error: it would never end.
//
// The package adds 147 KB to a program for linux/arm.
//
// # What it does not do
//
// It compresses nothing, and knows neither br nor zstd, whose windows are of
// megabytes. A part of a body, in answer to a Range, is not decoded: its bytes
// are those of the file as the server has it.
package gzip
