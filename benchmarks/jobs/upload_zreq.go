package jobs

import (
	"context"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
)

func (u fileUpload) zreq() (*bench.Client, error) { return u.byZreq("zreq", "PUT", 0, uploadWhole) }

// zreqWide has a read buffer as large as zreq keeps.
func (u fileUpload) zreqWide() (*bench.Client, error) {
	return u.byZreq("zreq, 64 KiB", "PUT", 64<<10, uploadWhole)
}

func (u fileUpload) zreqForm() (*bench.Client, error) { return u.byZreq("zreq", "POST", 0, uploadForm) }

func (u fileUpload) zreqFormWide() (*bench.Client, error) {
	return u.byZreq("zreq, 64 KiB", "POST", 64<<10, uploadForm)
}

// uploadWhole and uploadForm say what is sent of a file.
func uploadWhole(file *upload.FileSource) upload.Source { return file }

func uploadForm(file *upload.FileSource) upload.Source {
	fields := form.Values{{"device", formDevice}, {"taken", formTaken}}
	return form.Files(form.File{Field: formField, Name: formName, ContentType: formContent, Content: file}).With(fields)
}

// byZreq sends the same source over the same connection, from its beginning each time.
func (u fileUpload) byZreq(name, method string, buffer int, source func(*upload.FileSource) upload.Source) (*bench.Client, error) {
	file, err := upload.Open(u.path)
	if err != nil {
		return nil, err
	}
	conn, err := u.site.connect()
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	url, body := u.url(), source(file)
	args := &upload.Args{
		Method:     method,
		Connection: conn,
		Into:       new(zreq.Response),
		ExpectFrom: -1, // no other client asks
		Limits:     zreq.Limits{ReadBuffer: buffer},
	}
	client := fileClient(name, func() error {
		resp, err := upload.Upload(context.Background(), url, body, args)
		if err != nil {
			return err
		}
		return created(resp.Status)
	}, func() error {
		_ = file.Close()
		return conn.Close()
	})
	return &client, nil
}
