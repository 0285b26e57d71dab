// Package stdjson makes encoding/json the JSON codec of the program. Import it for its
// side effect:
//
//	import _ "github.com/zreq-go/zreq/form/stdjson"
package stdjson

import (
	"encoding/json"

	"github.com/zreq-go/zreq/form"
)

func init() { form.SetCodec(codec{}) }

// codec is encoding/json.
type codec struct{}

func (codec) Marshal(v any) ([]byte, error)      { return json.Marshal(v) }
func (codec) Unmarshal(data []byte, v any) error { return json.Unmarshal(data, v) }
