// Package upload sends a file, or any body that knows its size, by POST or PUT. The body
// is streamed with its exact Content-Length, through a small buffer or none.
//
//	file, err := upload.Open("/media/card/recording.ts")
//	if err != nil {
//		return err
//	}
//	defer file.Close()
//	resp, err := upload.Upload(ctx, "https://fleet.example/recordings/42", file, &upload.Args{
//		Method:      "PUT",
//		ContentType: "video/mp2t",
//		Progress:    func(sent, total int64) { show(sent, total) },
//	})
//	if err == nil && resp.Status == 201 { // the server has received every byte
//		file.Close() // Windows does not remove an open file
//		os.Remove("/media/card/recording.ts")
//	}
//
// # How the body is sent
//
// Memory does not depend on the size. The body passes through the buffer of package zreq
// (Limits.ReadBuffer; by default 16 KiB, and 32 KiB for a long body). On Linux, over plain
// TCP, a [FileSource] needs no buffer, because the system sends the file. That includes each
// FileSource that is a file of a form (form.Files). Over TLS, the records of a buffer leave
// together once the link has proven to be fast; see zreq.Timeouts.Write.
//
// # Changes during an upload
//
// If the file grows or shrinks while it is sent, the error is a [*SizeError] with both
// sizes. The change is found before the last byte is sent, so the server never holds a
// request that looks complete. A later change, and one that keeps the size
// ([ErrChanged]), is found when the server reports success. The server may then hold a
// mixture. Do not write to a file during its upload.
//
// A server may answer before it has received everything, in order to refuse. That ends
// the upload, and the answer is the response. An early success is not accepted: it is
// [ErrUnsent].
//
// # Ownership
//
// Upload does not close its Source. A Source is used by one upload at a time. It is read
// from its offset, and its offset afterwards is undefined. Progress is called on the
// goroutine of the caller.
//
// # Errors
//
//   - If the arguments are invalid, the error is an [ErrArgs], and nothing is dialled.
//   - If the call fails, the error is a *zreq.Error. If the Source fails or changes while
//     it is sent, the cause is the error of the Source, such as a [*SizeError].
//   - If a problem is found when the server reports success, the error is an
//     [*UnsentError], a [*SizeError], [ErrChanged] or another error of the Source, and
//     the Response is returned as well.
//   - Open and File return an *fs.PathError, or another error of package os.
//
// # What it does not do
//
// The package does not retry by itself, compress, sign, or split a file into parts. With
// Args.Resume, package upload/tus goes on where an upload was cut off. A
// body of unknown size, such as a pipe, can be sent as zreq.Args.Body, in chunks. A form
// with files, which form.Files returns, is a Source if the size of each file is known.
package upload
