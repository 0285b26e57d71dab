package tus

import (
	"cmp"
	"errors"
	"hash"
	"strings"
	"time"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
)

// Args holds the arguments of an upload other than the endpoint and the source. The zero
// value and a nil *Args upload in one PATCH, and forget the upload when the process ends.
// An upload does not modify its Args.
type Args struct {
	// Call has the arguments of the requests: Session or Connection, Headers, Auth, TLS,
	// Timeouts, Limits, Progress, BytesPerSecond and so on. Params go to the endpoint only.
	// An Idempotency-Key in Headers goes with the creation only. The fields Method, Retry
	// and Resume are not used. Fields of the protocol, and a Content-Type, in Headers or in
	// Omit are ErrArgs: the type of the file is metadata.
	//
	// If Call.ContentType is set, and Metadata has no "filetype", it is sent as that.
	//
	// Resume takes the arguments of [upload.Upload] in place of Call.
	Call upload.Args

	// Store keeps the URL of the upload, so that a later call goes on with it. It is
	// [StateFile], or one of your own. Each source needs a Store of its own. The source
	// must then be an [Identifier], as an upload.FileSource is. Without a Store, an upload
	// survives every cut but not the end of its process.
	//
	// The record is saved after the creation, before each PATCH of more than 1 MiB, whenever
	// 16 MiB more are confirmed, and at the end. It stays after a success, and then says that
	// the server has everything. So a program that stops before it has removed the file does
	// not send it again. Remove the file first, and then the record with Store.Remove.
	Store Store

	// PartSize, if positive, sends at most so many bytes in one PATCH. Each part takes a
	// round trip. The default 0 sends the rest in one PATCH, except behind a proxy that
	// needs parts. A negative size is ErrArgs.
	PartSize int64

	// Checksum, if it has a Name, is sent with each PATCH (extension checksum). It needs a
	// PartSize and a source that can be read again, because each part is read twice. A
	// server that does not have the algorithm is ErrRefused, before anything is sent.
	Checksum Checksum

	// Metadata is sent when the upload is created, in order. A key is neither empty nor
	// there twice, and has only printable ASCII without space and comma. A value is any
	// text. Servers know "filename" and "filetype".
	Metadata [][2]string

	// Server, if set, is the result of [Discover] for the endpoint. The upload then does not
	// ask the endpoint again.
	Server *Server

	// MethodOverride sends POST with X-HTTP-Method-Override in place of PATCH and DELETE,
	// for a network that does not let these pass.
	MethodOverride bool

	// Retry limits the attempts without progress.
	Retry Retry

	// MaxRestarts is how often a call may begin anew because the server has lost the
	// upload. One more is ErrRestarts. Default 3. If negative, it may not begin anew at all.
	// Each call counts its own.
	MaxRestarts int
}

// A Checksum is an algorithm of the extension checksum, such as {"sha1", sha1.New}.
type Checksum struct {
	Name string           // as the server has it in Tus-Checksum-Algorithm
	New  func() hash.Hash // returns the algorithm
}

// Retry limits the attempts of an upload that add nothing. An attempt is a request that
// has failed. A zero field has its default.
//
// Only an offset that the upload has never had before counts as progress, and gives back
// all Attempts. So does a new call, also of the same upload: a program that calls again at once,
// or restarts in each call, sets its own limit. Before the second attempt in a row without progress, the upload waits for
// a random time of up to Wait, before the third up to twice that, and so on. If the server
// sends Retry-After, it waits for that time first.
type Retry struct {
	// Attempts is the largest number of attempts in a row without progress. One more is
	// zreq.ErrOutOfRetries, which is Resumable. Default 10. If negative, there is one.
	Attempts int
	// Wait is the longest wait before the second attempt. Default 1 s. If negative, there
	// is no wait.
	Wait time.Duration
	// MaxWait limits each wait. Default 1 min. A Retry-After that asks for more ends the
	// upload with an error that is Resumable and has it as RetryAfter. If negative, there
	// are no waits, and every Retry-After ends the upload.
	MaxWait time.Duration
}

const (
	defaultAttempts = 10
	defaultWait     = time.Second
	defaultMaxWait  = time.Minute
	defaultRestarts = 3
	defaultContent  = 64 << 10 // a page that tells of an error need not be longer
)

var (
	errNoContext  = errors.New("the context is nil")
	errPartSize   = errors.New("PartSize is negative")
	errRate       = errors.New("BytesPerSecond is negative")
	errChecksum   = errors.New("a Checksum needs a Name, New and a PartSize: its field goes before the part, which is read twice")
	errNoIdentity = errors.New("a Store needs a source with Identity, such as an upload.FileSource: " +
		"without it nobody knows whether a later source is the same")
	errOwnHeader = errors.New("the upload sets Tus-Resumable, the Upload fields, Content-Type and X-HTTP-Method-Override by itself: " +
		"leave them out of Headers and Omit")
)

// withDefaults checks the arguments and fills in defaults.
func (a *Args) withDefaults() (Args, error) {
	var args Args
	if a != nil {
		args = *a
	}
	retry := &args.Retry
	retry.Attempts = max(1, cmp.Or(retry.Attempts, defaultAttempts))
	retry.MaxWait = max(0, cmp.Or(retry.MaxWait, defaultMaxWait))
	retry.Wait = min(max(0, cmp.Or(retry.Wait, defaultWait)), retry.MaxWait)
	args.MaxRestarts = max(0, cmp.Or(args.MaxRestarts, defaultRestarts))
	args.Call.Limits.Content = cmp.Or(args.Call.Limits.Content, defaultContent)
	sum := args.Checksum
	switch {
	case args.PartSize < 0:
		return args, errPartSize
	case args.Call.BytesPerSecond < 0:
		return args, errRate
	case sum.Name != "" && (sum.New == nil || args.PartSize == 0), sum.Name == "" && sum.New != nil:
		return args, errChecksum
	}
	args.describe()
	if err := checkMetadata(args.Metadata); err != nil {
		return args, err
	}
	return args, args.checkFields()
}

// describe adds the type of the file to the metadata.
func (a *Args) describe() {
	if a.Call.ContentType == "" {
		return
	}
	if _, ok := zreq.Headers(a.Metadata).Get("filetype"); !ok {
		a.Metadata = append(a.Metadata[:len(a.Metadata):len(a.Metadata)], [2]string{"filetype", a.Call.ContentType})
	}
}

// checkFields refuses fields that the upload sets.
func (a *Args) checkFields() error {
	for _, field := range a.Call.Headers {
		if isOwn(field[0]) {
			return errOwnHeader
		}
	}
	for _, name := range a.Call.Omit {
		if isOwn(name) {
			return errOwnHeader
		}
	}
	return nil
}

func isOwn(name string) bool {
	name = strings.ToLower(name)
	return name == "content-type" || name == "tus-resumable" || name == "x-http-method-override" || strings.HasPrefix(name, "upload-")
}
