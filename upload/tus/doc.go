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
// io.Seeker, or have Rewind() error; otherwise the error is upload.ErrRewind.
//
// A source of up to 64 KiB is sent together with the creation, if the server supports that.
// A larger one is not: if the POST is cut off, the URL of the upload is lost, and with it
// everything that was sent.
//
// If the server does not have the upload any more (403, 404 or 410), a new one is created, at
// most MaxRestarts times. If the server had confirmed every byte before, that is success: it
// has the file, and has removed the upload since. If the response seems to come from a proxy,
// the server is asked once more.
//
// No server can make an upload go on for ever: the attempts without progress, the restarts
// and the sizes of responses are limited.
//
// # Proxies
//
// Some proxies store a request as a whole before they pass it on, and drop it if it is cut
// off. So if the server has received nothing of a PATCH that was cut off, the upload goes on
// in parts of 8 MiB, and if these are lost as well, of 1 MiB. If a part is too large for a
// proxy (413), the next one is half as long. The record holds the size of the parts, and
// whether a large PATCH is under way. So a device that restarts during each PATCH gets
// through as well.
//
// A server that does not know that it is behind TLS may return an http:// URL for the upload.
// That is ErrLocation, and the error says what to configure.
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
// If the file has changed between two calls, which its [Identifier] tells, the upload begins
// anew. If the file changes while it is sent, the error is a *upload.SizeError or
// upload.ErrChanged, and no further part is sent. The server may then hold a mixture, which
// [Terminate] removes.
//
// # Uploads that are left behind
//
// When an upload begins anew, or the response to its creation is lost, an incomplete one stays on
// the server. Upload does not remove it: that may be the only copy of what was sent, for example
// of a file that has been written anew since. So let the server remove what was not completed for
// some days, by the extension expiration or by a job of its own. If a file is changed
// on purpose, call [Terminate] with its Store before. An Idempotency-Key in Args.Call.Headers
// lets a server that knows such keys return the same upload for a creation that is repeated.
//
// # Under TinyGo
//
// There is no StateFile. A Store in flash is the program's own.
//
// # What it does not do
//
// The package does not send several parts at once (extension concatenation), or a source of
// unknown size. It does not compare Result.Expires with the time, because a device may have
// no clock: if an upload has expired, the server says so. It does not implement the draft of
// the IETF on resumable uploads.
package tus
