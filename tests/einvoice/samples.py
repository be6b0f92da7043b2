"""Small electronic invoices, written for these tests."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pikepdf
from reportlab.pdfgen.canvas import Canvas

CII = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice
    xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
    xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
    xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
  <rsm:ExchangedDocument>
    <ram:ID>RE-2026/0417</ram:ID><ram:TypeCode>{code}</ram:TypeCode>
    <ram:IssueDateTime><udt:DateTimeString format="102">20260314</udt:DateTimeString>
    </ram:IssueDateTime>
    <ram:IncludedNote><ram:Content>Danke</ram:Content></ram:IncludedNote>
  </rsm:ExchangedDocument>
  <rsm:SupplyChainTradeTransaction>
    <ram:IncludedSupplyChainTradeLineItem>
      <ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID>
      </ram:AssociatedDocumentLineDocument>
      <ram:SpecifiedTradeProduct><ram:Name>Kabelbinder schwarz</ram:Name>
      </ram:SpecifiedTradeProduct>
      <ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>
        <ram:ChargeAmount>12.50</ram:ChargeAmount>
        <ram:BasisQuantity unitCode="C62">100</ram:BasisQuantity>
      </ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
      <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="C62">1000.0000
      </ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>
      <ram:SpecifiedLineTradeSettlement>
        <ram:ApplicableTradeTax><ram:RateApplicablePercent>19.00</ram:RateApplicablePercent>
        </ram:ApplicableTradeTax>
        <ram:SpecifiedTradeSettlementLineMonetarySummation>
          <ram:LineTotalAmount>125.00</ram:LineTotalAmount>
        </ram:SpecifiedTradeSettlementLineMonetarySummation>
      </ram:SpecifiedLineTradeSettlement>
    </ram:IncludedSupplyChainTradeLineItem>
    <ram:ApplicableHeaderTradeAgreement>
      <ram:SellerTradeParty><ram:Name>Holzwerk Tannau GmbH</ram:Name>
        <ram:PostalTradeAddress><ram:PostcodeCode>83700</ram:PostcodeCode>
          <ram:LineOne>Seestr. 4</ram:LineOne><ram:CityName>Tannau</ram:CityName>
          <ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress>
        <ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">131/281/70417</ram:ID>
        </ram:SpecifiedTaxRegistration>
        <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE136695976</ram:ID>
        </ram:SpecifiedTaxRegistration>
      </ram:SellerTradeParty>
      <ram:BuyerTradeParty><ram:Name>Atelier Lumière SARL</ram:Name>
        <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">FR23334175221</ram:ID>
        </ram:SpecifiedTaxRegistration>
      </ram:BuyerTradeParty>
      <ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>PO-88123</ram:IssuerAssignedID>
      </ram:BuyerOrderReferencedDocument>
    </ram:ApplicableHeaderTradeAgreement>
    <ram:ApplicableHeaderTradeSettlement>
      <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
      <ram:SpecifiedTradeSettlementPaymentMeans><ram:PayeePartyCreditorFinancialAccount>
        <ram:IBANID>DE89 3704 0044 0532 0130 00</ram:IBANID>
      </ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
      <ram:ApplicableTradeTax><ram:CalculatedAmount>24.70</ram:CalculatedAmount>
        <ram:BasisAmount>130.00</ram:BasisAmount>
        <ram:RateApplicablePercent>19.00</ram:RateApplicablePercent></ram:ApplicableTradeTax>
      <ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>
        <udt:DateTimeString format="102">20260413</udt:DateTimeString>
      </ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
      <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
        <ram:LineTotalAmount>125.00</ram:LineTotalAmount>
        <ram:ChargeTotalAmount>5.00</ram:ChargeTotalAmount>
        <ram:TaxBasisTotalAmount>130.00</ram:TaxBasisTotalAmount>
        <ram:TaxTotalAmount currencyID="CHF">23.10</ram:TaxTotalAmount>
        <ram:TaxTotalAmount currencyID="EUR">24.70</ram:TaxTotalAmount>
        <ram:GrandTotalAmount>{gross}</ram:GrandTotalAmount>
        <ram:DuePayableAmount>{gross}</ram:DuePayableAmount>
      </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
    </ram:ApplicableHeaderTradeSettlement>
  </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
"""

# ZUGFeRD 1.0 names of what CII has, as far as the sample uses them.
OLDER = (
    ("urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
     "urn:ferd:CrossIndustryDocument:invoice:1p0"),
    ("CrossIndustryInvoice", "CrossIndustryDocument"),
    ("rsm:ExchangedDocument", "rsm:HeaderExchangedDocument"),
    ("rsm:SupplyChainTradeTransaction", "rsm:SpecifiedSupplyChainTradeTransaction"),
    ("ApplicableHeaderTrade", "ApplicableSupplyChainTrade"),
    ("SpecifiedLineTrade", "SpecifiedSupplyChainTrade"),
    ("RateApplicablePercent", "ApplicablePercent"),
    ("SettlementHeaderMonetary", "SettlementMonetary"),
    ("SettlementLineMonetary", "SettlementMonetary"),
    ("IssuerAssignedID", "ID"),
)  # fmt: skip

UBL = """<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:ID>2026-331</cbc:ID><cbc:IssueDate>2026-02-27</cbc:IssueDate>
  <cbc:DueDate>2026-03-29</cbc:DueDate>
  <cbc:{root}TypeCode>{code}</cbc:{root}TypeCode>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cac:OrderReference><cbc:ID>{order}</cbc:ID></cac:OrderReference>
  <cac:AccountingSupplierParty><cac:Party>
    <cac:PartyName><cbc:Name>Blauer Bock</cbc:Name></cac:PartyName>
    <cac:PartyTaxScheme><cbc:CompanyID>131/281/70417</cbc:CompanyID>
      <cac:TaxScheme><cbc:ID>FC</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
    <cac:PartyTaxScheme><cbc:CompanyID>DE136695976</cbc:CompanyID>
      <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
    <cac:PartyLegalEntity><cbc:RegistrationName>Brauhaus Kupferkessel KG
      </cbc:RegistrationName></cac:PartyLegalEntity>
  </cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty><cac:Party>
    <cac:PartyName><cbc:Name>Gasthof Linde</cbc:Name></cac:PartyName>
  </cac:Party></cac:AccountingCustomerParty>
  <cac:PaymentMeans><cac:PayeeFinancialAccount><cbc:ID>DE89370400440532013000</cbc:ID>
  </cac:PayeeFinancialAccount></cac:PaymentMeans>
  <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">19.00</cbc:TaxAmount>
    <cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">100.00</cbc:TaxableAmount>
      <cbc:TaxAmount currencyID="EUR">19.00</cbc:TaxAmount>
      <cac:TaxCategory><cbc:Percent>19</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal>
  </cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="EUR">110.00</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="EUR">100.00</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="EUR">119.00</cbc:TaxInclusiveAmount>
    <cbc:AllowanceTotalAmount currencyID="EUR">10.00</cbc:AllowanceTotalAmount>
    <cbc:PayableAmount currencyID="EUR">99.00</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
  <cac:{root}Line><cbc:ID>1</cbc:ID>
    <cbc:{quantity} unitCode="LTR">44</cbc:{quantity}>
    <cbc:LineExtensionAmount currencyID="EUR">110.00</cbc:LineExtensionAmount>
    <cac:Item><cbc:Name>Märzen, Fass</cbc:Name>
      <cac:ClassifiedTaxCategory><cbc:Percent>19</cbc:Percent></cac:ClassifiedTaxCategory>
    </cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="EUR">2.500</cbc:PriceAmount></cac:Price>
  </cac:{root}Line>
</{root}>
"""

HEADER = """
  <FatturaElettronicaHeader>
    <DatiTrasmissione><FormatoTrasmissione>FPR12</FormatoTrasmissione></DatiTrasmissione>
    <CedentePrestatore>
      <DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>12345670017</IdCodice>
        </IdFiscaleIVA><CodiceFiscale>12345670017</CodiceFiscale>
        <Anagrafica><Denominazione>Officine Bellariva S.r.l.</Denominazione></Anagrafica>
      </DatiAnagrafici>
      <Sede><Indirizzo>Via dei Mille</Indirizzo><NumeroCivico>12</NumeroCivico>
        <CAP>37121</CAP><Comune>Verona</Comune><Provincia>VR</Provincia><Nazione>IT</Nazione>
      </Sede>
    </CedentePrestatore>
    <CessionarioCommittente>
      <DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>00743110157</IdCodice>
        </IdFiscaleIVA>
        <Anagrafica><Nome>Niccolò</Nome><Cognome>Pontelungo</Cognome></Anagrafica>
      </DatiAnagrafici>
    </CessionarioCommittente>
  </FatturaElettronicaHeader>"""

BODY = """
  <FatturaElettronicaBody>
    <DatiGenerali>
      <DatiGeneraliDocumento><TipoDocumento>{code}</TipoDocumento><Divisa>EUR</Divisa>
        <Data>2026-03-14</Data><Numero>{number}</Numero>{total}
        <Causale>Lavori di marzo</Causale></DatiGeneraliDocumento>
      <DatiOrdineAcquisto><IdDocumento>ODA-7781</IdDocumento></DatiOrdineAcquisto>
    </DatiGenerali>
    <DatiBeniServizi>
      <DettaglioLinee><NumeroLinea>1</NumeroLinea>
        <Descrizione>Revisione pompa idraulica</Descrizione><Quantita>{quantity}</Quantita>
        <UnitaMisura>PZ</UnitaMisura><PrezzoUnitario>{price}</PrezzoUnitario>
        <PrezzoTotale>{net}</PrezzoTotale><AliquotaIVA>22.00</AliquotaIVA></DettaglioLinee>
      <DatiRiepilogo><AliquotaIVA>22.00</AliquotaIVA><ImponibileImporto>{net}</ImponibileImporto>
        <Imposta>{tax}</Imposta></DatiRiepilogo>
    </DatiBeniServizi>
    <DatiPagamento>{payments}</DatiPagamento>
  </FatturaElettronicaBody>"""

PAYMENT = """<DettaglioPagamento><ModalitaPagamento>MP05</ModalitaPagamento>
  <DataScadenzaPagamento>{day}</DataScadenzaPagamento><ImportoPagamento>{amount}</ImportoPagamento>
  <IBAN>IT60X0542811101000000123456</IBAN></DettaglioPagamento>"""

SIMPLIFIED = """<?xml version="1.0" encoding="UTF-8"?>
<ns2:FatturaElettronicaSemplificata versione="FSM10"
    xmlns:ns2="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.0">
  <FatturaElettronicaHeader>
    <CedentePrestatore><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>12345670017</IdCodice>
      </IdFiscaleIVA><Denominazione>Bar Sole Snc</Denominazione></CedentePrestatore>
    <CessionarioCommittente><IdentificativiFiscali><CodiceFiscale>RSSMRA85T10A562S
      </CodiceFiscale></IdentificativiFiscali><AltriDatiIdentificativi><Nome>Mario</Nome>
      <Cognome>Rossi</Cognome></AltriDatiIdentificativi></CessionarioCommittente>
  </FatturaElettronicaHeader>
  <FatturaElettronicaBody>
    <DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD07</TipoDocumento>
      <Divisa>EUR</Divisa><Data>2026-05-02</Data><Numero>S/9</Numero>
    </DatiGeneraliDocumento></DatiGenerali>
    <DatiBeniServizi><Descrizione>Pranzo</Descrizione><Importo>22.00</Importo>
      <DatiIVA><Aliquota>10.00</Aliquota></DatiIVA></DatiBeniServizi>
    <DatiBeniServizi><Descrizione>Acqua</Descrizione><Importo>1.22</Importo>
      <DatiIVA><Imposta>0.22</Imposta></DatiIVA></DatiBeniServizi>
  </FatturaElettronicaBody>
</ns2:FatturaElettronicaSemplificata>
"""


def cii(*, code: str = "380", gross: str = "154.70") -> bytes:
    return CII.format(code=code, gross=gross).encode()


def zugferd_1() -> bytes:
    text = CII.format(code="380", gross="154.70")
    for today, then in OLDER:
        text = text.replace(today, then)
    return text.encode()


def ubl(*, root: str = "Invoice", code: str = "380", order: str = "PO-5") -> bytes:
    quantity = "CreditedQuantity" if root == "CreditNote" else "InvoicedQuantity"
    return UBL.format(root=root, code=code, order=order, quantity=quantity).encode()


def fattura(
    *,
    numbers: Iterable[str] = ("218/A",),
    code: str = "TD01",
    quantity: str = "2.00",
    price: str = "500.00",
    net: str = "1000.00",
    tax: str = "220.00",
    total: str | None = "1220.00",
    payments: Iterable[tuple[str, str]] = (("2026-04-13", "1220.00"),),
    encoding: str = "UTF-8",
    prefix: str = "p:",
) -> bytes:
    """An ordinary FatturaPA with a body for each of `numbers`."""
    given = f"<ImportoTotaleDocumento>{total}</ImportoTotaleDocumento>" if total else ""
    paid = "".join(PAYMENT.format(day=day, amount=amount) for day, amount in payments)
    bodies = "".join(
        BODY.format(
            code=code, number=number, total=given, quantity=quantity, price=price, net=net,
            tax=tax, payments=paid,
        )
        for number in numbers
    )  # fmt: skip
    name = f"{prefix}FatturaElettronica"
    space = f"xmlns{':' if prefix else ''}{prefix.rstrip(':')}"
    # Only the root is in the namespace, as the schema has it; without a prefix all of it is.
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<?xml-stylesheet type="text/xsl" href="a"?>'
        f'<{name} versione="FPR12" '
        f'{space}="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2">'
        f"{HEADER}{bodies}</{name}>"
    )
    return text.encode(encoding)


def simplified() -> bytes:
    return SIMPLIFIED.encode()


PRINTED = (
    "Holzwerk Tannau GmbH",
    "Seestr. 4, 83700 Tannau",
    "USt-IdNr. DE136695976    Steuernummer 131/281/70417",
    "",
    "Atelier Lumière SARL",
    "USt-IdNr. FR23334175221",
    "",
    "Rechnung Nr. RE-2026/0417    Rechnungsdatum 14.03.2026",
    "Bestellnummer PO-88123    Fällig am 13.04.2026",
    "",
    "Bezeichnung    Menge    Einzelpreis    Betrag",
    "Kabelbinder schwarz    1.000    0,125    125,00",
    "",
    "Fracht    5,00",
    "",
    "Nettobetrag EUR    130,00",
    "Umsatzsteuer 19 %    24,70",
    "Gesamtbetrag EUR    154,70",
    "Zahlbetrag EUR    154,70",
    "IBAN DE89 3704 0044 0532 0130 00",
)


def pdf(rows: Iterable[str] = PRINTED) -> bytes:
    """A page that prints what the CII sample states."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=True)
    canvas.setFont("Helvetica", 10)
    for number, row in enumerate(rows):
        cells = row.split("    ")
        for column, text in enumerate(cells):
            canvas.drawString(60 + 450 / len(cells) * column, 780 - 22 * number, text)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def hybrid(
    xml: bytes, *, rows: Iterable[str] = PRINTED, name: str = "factur-x.xml", more: str = ""
) -> bytes:
    """A PDF with an invoice attached the way PDF/A-3 and Factur-X want it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(rows))) as document:
        for each in filter(None, (name, more)):
            file = pikepdf.AttachedFileSpec(
                document, xml, filename=each, mime_type="text/xml",
                relationship=pikepdf.Name("/Alternative"),
            )  # fmt: skip
            document.attachments[each] = file
            document.Root.AF = pikepdf.Array([file.obj])
        document.save(out)
    return out.getvalue()
