package jobs

import (
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// uploadSlice is what is sent between two limits.
const uploadSlice = 1 << 20

// raw has the system send the file, by sendfile where there is one.
func (u fileUpload) raw() (*bench.Client, error) {
	return u.byHand("raw sendfile", u.rawHead("PUT", formContent, u.size), nil, uploadFile)
}

// rawTLS reads and writes in turn.
func (u fileUpload) rawTLS() (*bench.Client, error) {
	buffer := make([]byte, 64<<10)
	return u.byHand("raw", u.rawHead("PUT", formContent, u.size), nil, func(conn net.Conn, f *os.File, n int64) error {
		for n > 0 {
			m, err := f.Read(buffer[:min(n, int64(len(buffer)))])
			if err != nil {
				return err
			}
			if err := conn.SetWriteDeadline(time.Now().Add(fileIdle)); err != nil {
				return err
			}
			if _, err := conn.Write(buffer[:m]); err != nil {
				return err
			}
			n -= int64(m)
		}
		return nil
	})
}

// rawForm is raw between what stands before the file and what stands behind it.
func (u fileUpload) rawForm() (*bench.Client, error) {
	const boundary = "d41d8cd98f00b204e9800998ecf8427e"
	before, after := rawForm(boundary)
	head := u.rawHead("POST", "multipart/form-data; boundary="+boundary, int64(len(before))+u.size+int64(len(after)))
	return u.byHand("raw sendfile", append(head, before...), after, uploadFile)
}

// rawForm is all of a form but the file.
func rawForm(boundary string) (before, after []byte) {
	const part = "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
	before = fmt.Appendf(before, part, boundary, "device", formDevice)
	before = fmt.Appendf(before, part, boundary, "taken", formTaken)
	before = fmt.Appendf(before, "--%s\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\nContent-Type: %s\r\n\r\n",
		boundary, formField, formName, formContent)
	return before, fmt.Appendf(nil, "\r\n--%s--\r\n", boundary)
}

func (u fileUpload) rawHead(method, contentType string, length int64) []byte {
	return fmt.Appendf(nil, "%s /sink HTTP/1.1\r\nHost: %s\r\nUser-Agent: raw\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n",
		method, u.site.address, contentType, length)
}

// uploadFile sends n bytes of f in slices with a limit each.
func uploadFile(conn net.Conn, f *os.File, n int64) error {
	slice := &io.LimitedReader{R: f}
	for n > 0 {
		if err := conn.SetWriteDeadline(time.Now().Add(fileIdle)); err != nil {
			return err
		}
		slice.N = min(n, uploadSlice)
		m, err := conn.(*net.TCPConn).ReadFrom(slice)
		if err != nil {
			return err
		}
		if m == 0 {
			return io.ErrUnexpectedEOF
		}
		n -= m
	}
	return nil
}

// byHand sends what comes before the file, the file, and what comes behind it, and looks
// at the answer.
func (u fileUpload) byHand(name string, before, after []byte, send func(conn net.Conn, f *os.File, n int64) error) (*bench.Client, error) {
	f, err := os.Open(u.path)
	if err != nil {
		return nil, err
	}
	conn, err := u.site.dial()
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	head := fileHead{conn: conn}
	client := fileClient(name, func() error {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if err := head.write(before); err != nil {
			return err
		}
		if err := send(conn, f, u.size); err != nil {
			return err
		}
		if len(after) > 0 {
			if err := head.write(after); err != nil {
				return err
			}
		}
		_, err := head.read("HTTP/1.1 201 ")
		return err
	}, func() error {
		_ = f.Close()
		return conn.Close()
	})
	return &client, nil
}
