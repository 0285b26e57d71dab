package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/zreq-go/zreq/examples/internal/measure"
	"github.com/zreq-go/zreq/examples/internal/server"
	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
)

// job is one file that is sent, once or more, on one connection.
type job struct {
	file      *upload.FileSource
	name      string // of the file
	sha256    string // of the file, in hex
	mediatype string // "" for what is usual
	perSecond int64  // bytes; 0 for no bound
	out       io.Writer

	receipt bool             // the server has to say what it got
	conn    *zreq.Connection // for the next call; nil if there is none
	heap    measure.Heap
}

// both sends the file in both ways, to a server inside the program.
func (j *job) both(ctx context.Context, method, field string) error {
	srv, err := server.Start()
	if err != nil {
		return err
	}
	defer srv.Close()
	j.receipt = true
	if err := j.send(ctx, method, srv.URL()+"/recording"); err != nil {
		return err
	}
	if err := j.sendForm(ctx, srv.URL()+"/form", field); err != nil {
		return err
	}
	if j.conn == nil || j.conn.Dials() != 1 {
		return errors.New("the connection was not kept")
	}
	fmt.Fprintf(j.out, "connections %d dialled\n", j.conn.Dials())
	return nil
}

// send makes the file the body of a PUT or POST.
func (j *job) send(ctx context.Context, method, url string) error {
	return j.upload(ctx, method, url, j.file, &upload.Args{Method: method, ContentType: j.mediatype})
}

// sendForm makes the file a part of a form, as a browser does, beside who sends
// it and when.
func (j *job) sendForm(ctx context.Context, url, field string) error {
	files := form.Files(form.File{Field: field, Name: j.name, ContentType: j.mediatype, Content: j.file})
	fields := form.Values{{"device", "camera-7"}, {"time", time.Now().UTC().Format(time.RFC3339)}}
	return j.upload(ctx, "POST form", url, files.With(fields), &upload.Args{})
}

// upload sends body on the connection of the last call.
func (j *job) upload(ctx context.Context, how, url string, body upload.Source, args *upload.Args) error {
	progress := measure.NewProgress(j.out)
	args.Headers = zreq.Headers{{"Connection", "Keep-Alive"}}
	args.Connection = j.conn
	args.BytesPerSecond = j.perSecond
	args.Progress = func(sent, total int64) {
		j.heap.Sample()
		progress.Show(sent, total)
	}
	began := time.Now()
	resp, err := upload.Upload(ctx, url, body, args)
	progress.Finish()
	return j.settle(how, began, resp, err)
}

// settle keeps the connection, and says whether the server has what was sent.
func (j *job) settle(how string, began time.Time, resp *zreq.Response, err error) error {
	took := time.Since(began)
	if resp != nil && resp.Connection != nil {
		j.conn = resp.Connection
	}
	switch {
	case err != nil:
		return err
	case resp.Status/100 != 2:
		return fmt.Errorf("%s: status %d %s", how, resp.Status, resp.Reason())
	}
	verdict := "the server names no SHA-256"
	var got server.Receipt
	switch told := resp.JSON(&got) == nil && got.SHA256 != ""; {
	case told && (got.Size != j.file.Size() || !strings.EqualFold(got.SHA256, j.sha256)):
		return fmt.Errorf("%s: %d bytes with the SHA-256 %s arrived, sent were %d with %s",
			how, got.Size, got.SHA256, j.file.Size(), j.sha256)
	case told:
		verdict = "SHA-256 equal"
	case j.receipt:
		return errors.New(how + ": " + verdict)
	}
	speed := measure.MiB(float64(j.file.Size()) / took.Seconds())
	fmt.Fprintf(j.out, "%-11s %d, %d bytes, %.1f MiB/s, %s", how, resp.Status, j.file.Size(), speed, verdict)
	if len(got.Fields) > 0 {
		fmt.Fprintf(j.out, ", beside %s", strings.Join(got.Fields, ", "))
	}
	fmt.Fprintln(j.out)
	return nil
}
