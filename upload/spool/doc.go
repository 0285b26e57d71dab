// Package spool keeps what a device has recorded in a folder, and sends it in order when
// there is a link.
//
//	s, err := spool.Open("/media/card/spool", &spool.Args{
//		URL: func(f spool.File, _ *upload.Args) string {
//			return "https://fleet.example/recordings/" + url.PathEscape(f.Name)
//		},
//		Upload: upload.Args{Method: "PUT", Session: session},
//		Link:   links, // the driver of the session: a wait ends when its link is back
//	})
//	if err != nil {
//		return err
//	}
//	defer s.Close()
//	go record(s)        // calls s.Add("/media/card/segment.ts") for each file that it has closed
//	return s.Run(ctx)   // sends until ctx ends
//
// # What is promised
//
//   - A file that was added is sent at least once. It is removed when the server has said
//     that it has all of it: by a 2xx that came after the last byte was sent.
//   - Files are sent in the order in which they were added, except for those that are set
//     aside or passed over.
//   - A file is always sent with the same Idempotency-Key, also after a reboot, and no
//     other file has it. A server that remembers keys takes each file once.
//
// This holds if the power fails at any moment, on a file system that moves a file from one
// folder to another in one step, as those with a journal do. On FAT and exFAT a file may
// be lost, or be in both folders, if the power fails during Add.
//
// # What becomes of a file
//
//   - The server has it: it is removed. Args.Check may look at the response before.
//   - 400, 415, 422, and 413 without Retry-After: it is moved to the folder refused in the
//     spool. A text beside it says why. To send it again with the same key, move it back
//     while the spool is closed. To send it with a new key, Add it.
//   - 401, 403, 404, 407: Run ends, because every other file would fail in the same way.
//     It also ends if a connection fails in a way that lasts; see [Spool.Run]. Nothing is
//     moved. Call Run again when the cause is gone, or after some time.
//   - No connection can be made: Run waits, and then goes on with the same file. The wait
//     ends early when the link comes up; see Args.Link.
//   - Anything else, such as a 503, a connection that was cut, or a file that cannot be
//     read: the file is tried again, Args.Tries times in all. Then it is passed over, so
//     that the others do not wait for it. It is tried again in the next round.
//
// A driver that has several links is told which one has stalled or broken
// (netdriver.Suspecter), so that the next attempt goes over another one.
//
// A round begins at the oldest file and tries each that is there. If it has passed over
// files, the next round begins some time later.
//
// If the server speaks tus, a file goes on where it was cut off, also after a reboot:
//
//	URL: func(f spool.File, args *upload.Args) string {
//		args.Resume = &tus.Args{Store: tus.StateFile(f.State), Retry: tus.Retry{Attempts: 3}}
//		return "https://fleet.example/files/"
//	},
//
// tus makes attempts of its own before the spool counts a failure, and only ctx ends the waits
// between them. With few attempts, the spool soon takes over, and goes on when the link comes
// up.
//
// # The folder
//
// The name of a file in the folder is its number, its key and its name. Everything else in
// the folder is left alone: other files, folders, and symbolic links. The files .lock and
// .next-… belong to the spool, as do the folders refused and state. While no program has the
// spool open, files may be removed by hand.
//
// One process at a time has the spool open. Nobody may write to a file in it.
//
// # What it does not do
//
// The package starts no goroutine. It has no policy on size: look at the free space of the
// disk before recording. It does not look for files by itself: after a reboot, Add what
// was recorded and not added. To know that such a file is whole, sync it before it gets the
// name by which it is found, as examples/recorder does.
package spool
