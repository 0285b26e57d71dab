package tus

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"strconv"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
)

// maxWithUpload is the largest source that is sent together with the creation. If a POST is
// cut, its Location is lost, and with it what was sent.
const maxWithUpload = 64 << 10

var (
	errOtherSize = errors.New("the upload at the URL has another Upload-Length than the source")

	errNoOffset = detail(ErrProtocol, "there is not one Upload-Offset that is a number")
	errBeyond   = detail(ErrProtocol, "the Upload-Offset is beyond the size of the source")
	errOther    = detail(ErrProtocol, "a PATCH cannot lead to the Upload-Offset that it was answered with")
	errMore     = detail(ErrProtocol, "the Upload-Offset is beyond what was sent")
	errNothing  = detail(ErrProtocol, "it has taken nothing")
)

// discover asks what the server can do. It is no error if the response is not that of a tus
// server: a proxy may have answered OPTIONS by itself. The creation decides then.
func (j *job) discover(ctx context.Context) outcome {
	resp, err := j.peer.call(ctx, "OPTIONS", j.endpoint, nil)
	if o, failed := j.failed(ctx, StepDiscover, resp, err); failed {
		return o
	}
	versions := resp.Values("Tus-Version")
	if len(versions) == 0 || resp.Status/100 != 2 {
		return outcome{}
	}
	if !contains(listed(versions), version) {
		return outcome{final: true, err: &Error{Step: StepDiscover, Status: resp.Status, Err: otherVersion(resp)}}
	}
	j.server = serverOf(resp)
	return outcome{}
}

// discoverOnce is discover for an upload, which can do without the answer.
func (j *job) discoverOnce(ctx context.Context) outcome {
	o := j.discover(ctx)
	j.track.asked = o.err == nil
	return o
}

// create creates the upload. Its URL is durable before anything is sent to it.
func (j *job) create(ctx context.Context) outcome {
	if err := j.permitted(); err != nil {
		return outcome{final: true, err: &Error{Step: StepCreate, Err: err}}
	}
	size := j.source.size
	fields := zreq.Headers{{"Upload-Length", strconv.FormatInt(size, 10)}}
	if len(j.args.Metadata) > 0 {
		fields = append(fields, [2]string{"Upload-Metadata", encodeMetadata(j.args.Metadata)})
	}
	with := size > 0 && size <= maxWithUpload && (j.args.PartSize == 0 || size <= j.args.PartSize) &&
		j.args.Checksum.Name == "" && j.server.Has("creation-with-upload")
	resp, err := (*zreq.Response)(nil), error(nil)
	j.cut = cut{}
	if with {
		body, part := partOf(j.source, 0, size)
		resp, err = j.peer.send(ctx, "POST", j.endpoint, fields, body, j.sent)
		j.result.Sent += part.most
	} else {
		resp, err = j.peer.call(ctx, "POST", j.endpoint, fields)
	}
	j.cut = cut{}
	if o, failed := j.failed(ctx, StepCreate, resp, err); failed {
		return o
	}
	return j.created(resp, with, err == nil)
}

// permitted returns an error if the server has said that it would refuse the upload.
func (j *job) permitted() error {
	s := j.server
	switch {
	case s != nil && s.MaxSize >= 0 && j.source.size > s.MaxSize:
		return both(ErrTooLarge, detail(ErrRefused, "Tus-Max-Size is "+strconv.FormatInt(s.MaxSize, 10)))
	case s != nil && !s.Has("creation"):
		return detail(ErrRefused, "it does not have the extension creation")
	case j.args.Checksum.Name != "" && (s == nil || !contains(s.Checksums, j.args.Checksum.Name)):
		return detail(ErrRefused, "it does not have the checksum "+quote(j.args.Checksum.Name))
	}
	return nil
}

// created takes the URL of the upload out of a 201. with is whether the source was sent
// along, and whole whether all of it was.
func (j *job) created(resp *zreq.Response, with, whole bool) outcome {
	if resp.Status != 201 || !speaksTus(resp) {
		return j.refuse(StepCreate, resp, notTus(resp))
	}
	at, err := locationOf(resp)
	if err != nil {
		return j.refuse(StepCreate, resp, both(ErrLocation, err))
	}
	j.record.url, j.record.confirmed = at, 0
	j.track.answered, j.track.astray = false, false
	j.start(0)
	if err := j.state.save(j.record); err != nil {
		return outcome{final: true, err: err}
	}
	offset, ok := number(resp, "Upload-Offset")
	switch {
	case !with:
		j.confirmed(0, resp)
	case whole && ok && offset <= j.source.size:
		j.track.most = j.source.size
		j.confirmed(offset, resp)
	default:
		j.track.most = j.source.size // HEAD says how much it has
	}
	return outcome{}
}

// ask asks how much the server has.
func (j *job) ask(ctx context.Context) outcome {
	resp, err := j.peer.call(ctx, "HEAD", j.record.url, nil)
	if o, failed := j.failed(ctx, StepAsk, resp, err); failed {
		return o
	}
	if !speaksTus(resp) {
		return outcome{err: detail(ErrProtocol, "an answer without a Tus-Resumable of version 1, which said "+said(resp))}
	}
	offset, ok := number(resp, "Upload-Offset")
	switch length, has := number(resp, "Upload-Length"); {
	case has && length != j.source.size:
		return j.restart(resp, errOtherSize)
	case !ok:
		return j.refuse(StepAsk, resp, errNoOffset)
	case offset > j.source.size:
		return j.refuse(StepAsk, resp, errBeyond)
	case j.track.most >= 0 && offset > j.track.most:
		return j.refuse(StepAsk, resp, errMore)
	}
	if j.track.most < 0 {
		j.result.Resumed, j.track.most = offset, offset
	}
	j.track.doubted = false
	j.shrink(offset)
	j.confirmed(offset, resp)
	if offset < j.record.confirmed { // the record must not go on saying that the server has all
		if err := j.save(offset); err != nil {
			return outcome{final: true, err: err}
		}
	}
	return outcome{}
}

// The sizes of the parts for a proxy that stores a request before it passes it on. If a longer
// one is cut off, nothing of it arrives.
const (
	smallPart = 8 << 20
	tinyPart  = 1 << 20
)

// shrink makes smaller parts if the last one was cut, and the server has nothing of it.
func (j *job) shrink(offset int64) {
	c := j.cut
	j.cut, j.record.under = cut{}, attempt{}
	if c.sent == 0 || offset != c.from {
		return
	}
	switch {
	case c.size > smallPart:
		j.record.part = smallPart
	case c.size > tinyPart:
		j.record.part = tinyPart
	}
}

// remember saves that a large PATCH is under way. If the process ends during the PATCH, the
// next one can tell that nothing of it has arrived.
func (j *job) remember() error {
	if j.cut.size <= tinyPart {
		return nil
	}
	j.record.under = j.cut.attempt
	return j.state.save(j.record)
}

// partSize is how much the next PATCH sends.
func (j *job) partSize() int64 {
	n := j.source.size - j.offset
	if j.args.PartSize > 0 {
		n = min(n, j.args.PartSize)
	}
	if j.record.part > 0 {
		n = min(n, j.record.part)
	}
	return n
}

// send sends the next part.
func (j *job) send(ctx context.Context) outcome {
	from, size := j.offset, j.partSize()
	if err := j.source.goTo(from); err != nil {
		return outcome{final: true, err: &Error{Step: StepSend, Err: err}}
	}
	fields := zreq.Headers{{"Upload-Offset", strconv.FormatInt(from, 10)}}
	if j.args.Checksum.Name != "" {
		sum, err := j.sum(size) // which reads the part; upload rewinds it
		if err != nil {
			return outcome{final: true, err: &Error{Step: StepSend, Err: err}}
		}
		fields = append(fields, [2]string{"Upload-Checksum", sum})
	}
	j.cut = cut{attempt: attempt{from, size}}
	if err := j.remember(); err != nil {
		return outcome{final: true, err: err}
	}
	j.known = false // until the server says what it has
	body, part := partOf(j.source, from, size)
	resp, err := j.peer.send(ctx, "PATCH", j.record.url, fields, body, j.sent)
	j.track.most = max(j.track.most, from+part.most)
	j.result.Sent += part.most
	if o, failed := j.failed(ctx, StepSend, resp, err); failed {
		return o
	}
	return j.took(from, resp)
}

// took notes how much of a part the server has taken. If the response does not say, HEAD will.
func (j *job) took(from int64, resp *zreq.Response) outcome {
	offset, ok := number(resp, "Upload-Offset")
	switch {
	case !speaksTus(resp) || !ok:
		return outcome{err: errNoOffset, now: true}
	case offset < from || offset > j.track.most:
		return outcome{err: errOther, now: true}
	}
	j.cut = cut{}
	j.confirmed(offset, resp)
	if offset == from {
		return outcome{err: errNothing}
	}
	if offset == j.source.size {
		return outcome{} // run checks the source before it saves that
	}
	if err := j.note(offset); err != nil {
		return outcome{final: true, err: err}
	}
	return outcome{}
}

// sum returns the value of Upload-Checksum for the next n bytes of the source.
func (j *job) sum(n int64) (string, error) {
	h := j.args.Checksum.New()
	m, err := io.CopyN(h, j.source, n)
	if err == io.EOF {
		err = &upload.SizeError{Said: j.source.size, Now: j.offset + m}
	}
	return j.args.Checksum.Name + " " + base64.StdEncoding.EncodeToString(h.Sum(nil)), err
}

// terminate removes the upload of the record from the server, and then the record.
func (j *job) terminate(ctx context.Context) error {
	if err := j.state.find(j.args.Store, j.record); err != nil {
		return err
	}
	for j.record.url != "" {
		resp, err := j.peer.call(ctx, "DELETE", j.record.url, nil)
		o, failed := j.failed(ctx, StepTerminate, resp, err)
		if resp != nil && speaksTus(resp) && (!failed || resp.Status == 404 || resp.Status == 410) {
			break
		}
		if !failed { // a portal
			o = j.refuse(StepTerminate, resp, notTus(resp))
		}
		if err := j.follow(ctx, StepTerminate, o); err != nil {
			return err
		}
	}
	return stateError(j.args.Store.Remove())
}
