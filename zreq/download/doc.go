// Package download saves what was asked for into a file: all of it, or nothing.
//
//	resp, err := zreq.Get(ctx, "https://updates.example/firmware.bin", &zreq.Args{Stream: true})
//	if err != nil {
//		return err
//	}
//	if _, err := download.SaveFile(resp, "/data/firmware.bin"); err != nil {
//		return err // what was at /data/firmware.bin still is
//	}
//	// Every byte is on the disk, under this name, and stays there if the power fails now.
//
// # What SaveFile promises
//
// The body goes into a temporary file in the same folder, ".firmware.bin.*.part"; of a
// name that is over 120 bytes it has the beginning.
// When all has come, and the framing proves that it is all, the file is synced to
// the disk, takes its name, and the folder is synced. Whoever opens the path sees
// the old content or the new, never a part or a mixture. On every error the
// temporary file is removed. A power cut, or a kill, leaves it behind: remove what
// matches the pattern when the program starts.
//
// The folder is opened first, which takes the right to read it, and held: it stays
// the same one if the working directory changes meanwhile, or a link on the way.
//
// A file that was there before hands its permission bits on, but not its owner. A
// new one gets those that os.Create gives. If the path is a symbolic link, the link
// is replaced and what it leads to stays as it is. A path that leads to something
// other than a file, a folder or a device, is refused.
//
// Memory does not depend on the length of the body. Over plain TCP on Linux, and
// without Timeouts.LowSpeed, the system moves it from the socket to the file by
// itself; else it passes through the
// read buffer of the call, Limits.ReadBuffer, and so large are the writes.
//
// # What is saved
//
// The body that a StreamCallback would be given (Response.Fit): to a GET that of a 200 or
// a 203, and of a 206 only the part that was asked for, as it is. StreamAnyStatus and AllowFull of the Args
// lift that here, too. Content codings that zreq has undone are undone in the file; a body
// in one that nobody undid is refused (zreq.ErrEncoded) without Args.AllowEncoded. A
// response that has no content, 204 or an answer to HEAD, is ErrNoContent: an empty
// file comes only of a server that says that it is empty. A body whose end nothing
// proves is refused even with Args.AllowUnframed.
//
// With [Create] a program writes the file itself, to check a digest before it takes
// its name, say, or to save what SaveFile refuses.
//
// # What it does not do
//
// It does not resume, retry or verify a digest, and asks for no free space before
// it begins. The time that the disk takes counts against no limit, and no context ends
// a sync. On Windows a folder cannot be synced, and is not, and a file that
// somebody has open is not replaced: StepRename fails and says so. Some file systems
// cannot do it either, and say so, and the name of the file is then as durable as
// they make it.
package download
