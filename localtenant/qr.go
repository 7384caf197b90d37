package localtenant

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image/png"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

// quietZone is the light border of a QR code, in modules (ISO/IEC 18004).
const quietZone = 4

// qrCode draws the QR code of a text as a PNG image in base64, one pixel for each
// module. The page scales it.
func qrCode(text string) (string, error) {
	code, err := qr.Encode(text, qr.L, qr.Auto)
	if err != nil {
		return "", fmt.Errorf("encode a QR code: %w", err)
	}
	size := code.Bounds().Dx() + 2*quietZone
	if code, err = barcode.Scale(code, size, size); err != nil { // adds the border
		return "", fmt.Errorf("scale a QR code: %w", err)
	}
	var image bytes.Buffer
	if err := png.Encode(&image, code); err != nil {
		return "", fmt.Errorf("draw a QR code: %w", err)
	}
	return base64.StdEncoding.EncodeToString(image.Bytes()), nil
}
