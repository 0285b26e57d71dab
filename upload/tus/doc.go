// Package tus uploads to a server that speaks tus 1.0.0, and goes on where an upload was cut
// off: by a lost link, a server that was away, or a reboot.
//
//	file, err := upload.Open("/media/card/recording.ts")
//	if err != nil {
//		return err
//	}
//	defer file.Close()
//	state := tus.StateFile("/media/card/recording.tus")
//	_, err = tus.Upload(ctx, "https://fleet.example/files/", file, &tus.Args{Store: state})
//	if err != nil {
//		return err // the same call goes on later where this one has stopped
//	}
//	// The server has confirmed every byte.
//	file.Close() // Windows does not remove an open file
//	os.Remove("/media/card/recording.ts")
//	state.Remove() // last: until then, it says that the server has the file
//
// A program that sends files by upload.Upload does so by tus with one field more:
//
//	resp, err := upload.Upload(ctx, url, file, &upload.Args{
//		Resume: &tus.Args{Store: state},
//	})
//
// # How an upload goes
//
// The endpoint is asked by OPTIONS what it can do, unless Args.Server says so. Then the
// upload is created by POST, and its URL is saved before anything is sent to it. The source
// is sent by PATCH, in one request or in parts. It is sent as package upload does, without
// a buffer where the system sends the file, and memory does not depend on the size.
//
// After every failure the server is asked by HEAD how much it has, and the upload goes on
// there. That may be less than it has confirmed before. Then the source must be an
// io.Seeker, or have Rewind() error; otherwise the error is upload.ErrRewind. A source of
// up to 64 KiB is sent together with the creation, if the server takes that: a POST that is
// cut is lost, and so is its upload.
//
// If the server does not have the upload any more (403, 404 or 410), a new one is created, at
// most MaxRestarts times. If it has confirmed all before, it has the file, and that is
// success. If a proxy says so in its place, the server is asked once more.
//
// Nothing a server does makes an upload go on for ever: attempts without progress, restarts
// and the sizes of what it says are limited.
//
// # Proxies
//
// A proxy that stores a request before it passes it on loses all of it when it is cut. If
// the server has nothing of a PATCH that was cut, parts of 8 MiB are sent, and then of 1 MiB. If
// one is too large for a proxy (413), half of it is sent. The record keeps that size, and that
// a large PATCH is under way, so that this works for a process that ends in each of them.
//
// A server behind TLS that does not know that may say that the upload is at http://. That
// is ErrLocation, and the error says what to set.
//
// # Other origins
//
// The server may say that the upload is at another origin. Then Auth, Authorization, Cookie,
// the fields in OriginOnly and the client certificate do not go there; see
// zreq.Args.Anonymous. The userinfo of the endpoint goes only to its own origin. Params go to
// the endpoint only.
//
// # Changes
//
// A file that has changed between two calls is begun anew. What tells that is its
// [Identifier]. If it changes while it is sent, the error is a *upload.SizeError or
// upload.ErrChanged, and no further part is sent. The server may then hold a mixture, which
// [Terminate] removes.
//
// # What it does not do
//
// The package does not send several parts at once (extension concatenation), or a source of
// unknown size. An upload that a server will remove at Result.Expires is not given up for
// that, because a device may have no clock: the server says so. The IETF's draft of resumable
// uploads is not spoken. An upload that is begun anew is not removed from the server.
package tus
