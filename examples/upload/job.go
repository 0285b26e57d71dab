package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/time/rate"

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

var keepAlive = zreq.Headers{{"Connection", "Keep-Alive"}}

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
	progress := measure.NewProgress(j.out)
	began := time.Now()
	resp, err := upload.Upload(ctx, url, j.file, &upload.Args{
		Method:         method,
		ContentType:    j.mediatype,
		Headers:        keepAlive,
		Connection:     j.conn,
		BytesPerSecond: j.perSecond,
		Progress: func(sent, total int64) {
			j.heap.Sample()
			progress.Show(sent, total)
		},
	})
	progress.Finish()
	return j.settle(method, began, resp, err)
}

// sendForm makes the file a part of a form, as a browser does, beside who sends
// it and when.
func (j *job) sendForm(ctx context.Context, url, field string) error {
	progress := measure.NewProgress(j.out)
	limiter := rate.NewLimiter(rate.Inf, 0)
	if j.perSecond > 0 {
		limiter = rate.NewLimiter(rate.Limit(j.perSecond), 64<<10) // more than one read
	}
	began := time.Now()
	resp, err := zreq.Post(ctx, url, &zreq.Args{
		Headers:    keepAlive,
		Connection: j.conn,
		Expect100:  true, // who refuses it does so before it goes out
		Data:       form.Values{{"device", "camera-7"}, {"time", began.UTC().Format(time.RFC3339)}},
		Files: form.Files(form.File{
			Field:       field,
			Name:        j.name,
			ContentType: j.mediatype,
			Content: &content{FileSource: j.file, pass: func(n int, done, total int64) error {
				j.heap.Sample()
				progress.Show(done, total)
				return limiter.WaitN(ctx, n)
			}},
		}),
	})
	progress.Finish()
	return j.settle("POST form", began, resp, err)
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
	case resp.CloseReason() == zreq.CloseUnsent:
		return fmt.Errorf("%s: %w", how, upload.ErrUnsent)
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
