// Package download saves a response body into a file, completely or not at all.
//
//	resp, err := zreq.Get(ctx, "https://updates.example/firmware.bin", &zreq.Args{Stream: true})
//	if err != nil {
//		return err
//	}
//	if _, err := download.SaveFile(resp, "/data/firmware.bin"); err != nil {
//		return err // /data/firmware.bin is as it was
//	}
//	// Every byte is on the disk under this name, even if the power fails now.
//
// # How a file is saved
//
// SaveFile writes the body into a temporary file in the same folder,
// ".firmware.bin.*.part". If the name has more than 120 bytes, only its beginning is
// used. When the whole body has arrived, and its framing proves that it is whole,
// SaveFile syncs the temporary file to the disk, renames it, and syncs the folder.
// Whoever opens the path sees the old content or the new, never a part or a mixture.
//
// After an error the temporary file is removed. A power cut or a kill leaves it behind.
// Remove files that match the pattern when the program starts.
//
// The folder is opened first, which requires the permission to read it, and is kept open.
// So it stays the same folder even if the working directory, or a link in the path,
// changes in the meantime.
//
// If the file existed before, the new one gets its permission bits, but not its owner.
// Otherwise it gets those that os.Create gives. If the path is a symbolic link, the link
// is replaced, and its target is not changed. If the path exists and is not a regular
// file, such as a folder or a device, it is refused.
//
// Memory does not depend on the length of the body. On Linux, over plain TCP and without
// Timeouts.LowSpeed, the system moves the body from the socket to the file. Otherwise the
// body passes through the read buffer of the call, in writes of the size of
// Limits.ReadBuffer.
//
// # What is saved
//
// SaveFile saves a body that a StreamCallback would receive (Response.Fit). For a GET
// that is the body of a 200 or a 203, or of a 206 that is the part that was asked for.
// StreamAnyStatus and AllowFull in Args lift these rules here as well.
//
// If zreq has undone a content coding, the file has the decoded body. A body in a coding
// that was not undone is refused (zreq.ErrEncoded), unless Args.AllowEncoded is set. A
// response without content, such as a 204 or one to HEAD, is ErrNoContent: a file becomes
// empty only if the server says that the body is empty. A body whose end nothing proves
// is refused, even with Args.AllowUnframed.
//
// With [Create] a program writes the file itself, for example to check a digest before
// the file gets its name, or to save a body that SaveFile refuses.
//
// # What it does not do
//
// The package does not resume, retry or verify digests, and does not check for free space
// first. The time that the disk takes counts against no limit, and no context ends a
// sync.
//
// On Windows folders are not synced, because that is not possible. A file that another
// program has open is not replaced there: the error has StepRename and says so. If
// another file system cannot sync folders, that is not an error, and the name of the file
// is as durable as the file system makes it.
package download
