// Package upload sends a file, or anything that knows its size, as the body of
// a POST or PUT: streamed, with its exact Content-Length, in one small buffer or
// none.
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
//	if err == nil && resp.Status == 201 { // the server says that it has every byte
//		file.Close() // Windows does not remove an open file
//		os.Remove("/media/card/recording.ts")
//	}
//
// # What goes out
//
// Memory does not depend on the size: the body passes through the buffer that
// package zreq borrows (Limits.ReadBuffer, 16 KiB by default), and that of a
// [FileSource] over plain TCP on Linux through none: the system sends the file. So
// it does with each FileSource that is a file of a form (form.Files). Over TLS a
// buffer is one record once the link has shown to be quick; see zreq.Timeouts.Write.
//
// A file that is being written, or truncated, while it goes out is a
// [*SizeError] that names both sizes. It is found before the last byte leaves,
// so that the server never holds a request that looks whole; what happens after
// that, and what is written in place ([ErrChanged]), when the server reports
// success. Then the server may hold a mixture: do not write to what is uploaded.
//
// A server may answer before it has all, to refuse; that ends the upload, and is
// the response. A success that comes so early is not believed: [ErrUnsent].
//
// # Ownership
//
// Upload does not close what it sends. A Source is used by one upload at a time;
// it is read from where it stands, and left anywhere. Progress runs on the
// goroutine of the caller.
//
// # Errors
//
// What is wrong with the arguments is an [ErrArgs], before anything is dialled. What
// fails of the call is a *zreq.Error; of a body that is read or changes while it goes out
// the cause is that of the Source, a [*SizeError] perhaps. What is found when the server
// reports success is an [*UnsentError], a [*SizeError], [ErrChanged] or another error of
// the Source's own, with the Response beside it. Open and File return an *fs.PathError, or
// what else package os does.
//
// # What it does not do
//
// It does not retry, compress, sign, or cut a file into parts. A body whose size
// nobody knows, of a pipe for example, is one for zreq.Args.Body: it goes out in
// chunks. Files in a form are a Source as well, if each knows its size: that is
// what form.Files returns.
package upload
