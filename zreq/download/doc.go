// Package download puts the content of a URL where it belongs, completely or not at all. [Get]
// does so over as many connections as it takes, into any [Sink]. [SaveFile] saves one response
// as a file.
//
// # Jobs
//
//	_, err := download.Get(ctx, "https://updates.example/firmware.bin", sink, &download.Args{
//		Want: download.Want{SHA256: sum},
//	})
//	if err != nil {
//		return err // the same call goes on later where this one has stopped
//	}
//
// A nil error means that the content is in the sink, durable, committed, and what Want asks
// for. A job goes on at the next byte after a cut, a stall or a busy server. It asks for the
// rest by Range with If-Range, so that the server sends it only if it still has the same
// version. Where there is a [Store], a job also goes on after a reboot.
//
// A version is named by a strong ETag, or by a Last-Modified that is a minute older than
// the Date beside it. A resume is as safe as that name: a server that gives two versions the
// same ETag mixes them. Want.SHA256 makes it certain, and then the job also resumes where
// the server names no version. The job believes a Repr-Digest (RFC 9530) if Want has no
// digest of its own.
//
// If the server has another version, the job begins anew, at most MaxRestarts times. If a
// server ignores Range, the bytes that the sink has are compared and not written again. If
// it answers with the wrong part, or refuses the request, it is asked once more, without a
// Range. Otherwise the job ends with an error that says what to do, and whether it is
// Resumable.
//
// A job also ends when the link is away for long: see [Retry]. A device that does not give up
// calls again:
//
//	for {
//		_, err := download.ToFile(ctx, url, path, args)
//		var failed *download.Error
//		if !errors.As(err, &failed) || !failed.Resumable || ctx.Err() != nil {
//			return err
//		}
//		select {
//		case <-time.After(max(failed.RetryAfter, pause)): // a pause of some minutes
//		case <-ctx.Done():
//		}
//	}
//
// [ToFile] downloads into a file: see [FilePart] for what lies beside it meanwhile.
// PartitionSink writes to a block device of Linux, and package flash to raw flash. [WriterSink]
// and [CallbackSink] are for everything else.
//
// No server can make a job go on for ever: the attempts without progress, the restarts and,
// with Budget, the bytes on the wire are limited, and the counts are in the checkpoint. To
// give up such a job for good, remove its state or use another Key. A device that reboots in
// the middle of each attempt waits longer, but is never shut out: see [Retry].
//
// A driver that has several links is told which one has stalled or broken
// (netdriver.Suspecter), so that the next attempt goes over another one. A job notices that
// a link is down only when its connection breaks or stalls for Timeouts.Body, since it starts
// no goroutine that could watch the link. A program that watches it can end the context of
// the job and call Get again: package failover shows how.
//
// # Saving one response
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
// body passes through the read buffer of the call, in writes of at most its size.
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
// SaveFile does not resume, retry or verify digests, and does not check for free space
// first. The time that the disk takes counts against no limit, and no context ends a
// sync.
//
// A job asks for one range at a time, over one connection. It does not decode content
// codings. It has no limit in time other than its context. This package links crypto/sha256,
// 128 KiB, also into a program that only saves files. Under TinyGo there are no files;
// jobs, [WriterSink] and [CallbackSink] are built without package os.
//
// On Windows folders are not synced, because that is not possible. A file that another
// program has open is not replaced there: the error has StepRename and says so. If
// another file system cannot sync folders, that is not an error, and the name of the file
// is as durable as the file system makes it.
package download
