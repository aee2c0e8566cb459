"""Bibliographies: what they say, how it is cited and written out, and every mistake of a cited work with its line."""

import html
import itertools
import json
import re
import subprocess
import sys
import tracemalloc
import unicodedata
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.base import language
from generator.base.memo import WHOLE, Memo
from generator.base.overlay import Overlay, default_templates
from generator.content import bibliography, bibtex
from generator.content.bibliography import STYLES, Name, in_order, parse, render
from generator.content.tex import plain

ROOT = Path(__file__).parents[1]


def works(text, clean=True):
    found, problems = parse({"r.bib": text})
    assert not problems, problems
    assert not clean or not any(work.problems for work in found.entries.values()), said(text)
    return found


def said(text):
    """What is said where everything is cited."""
    found, problems = parse({"r.bib": text})
    return [*map(str, problems), *(str(problem) for work in found.entries.values() for problem in work.problems)]


def entry(author, title="{T}", more=""):
    return works(f"@misc{{k, author = {{{author}}}, title = {title}, year = 2020 {more}}}").entries["k"]


def line(text, key=None, words=None):
    """A work's line of the list as text: no tags, emphasis between *, links as [text](address), formulas between $."""
    work = works(text).entries
    made = work[key or next(iter(work))]
    shown = render(made, made.year, lambda tex: f"${tex}$", words)
    ElementTree.fromstring(f"<p>{shown}</p>")  # its tags nest
    shown = re.sub(r'<a href="([^"]*)">(.*?)</a>', r"[\2](\1)", shown)
    shown = re.sub(r"</?(?:i|em)>", "*", re.sub(r"</?(?:span|cite)\b[^>]*>", "", shown))
    return html.unescape(shown).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("author", "names", "label"),
    [
        ("Ada Lovelace", [Name("Lovelace", "Ada")], "Lovelace 2020"),
        ("Lovelace, Ada", [Name("Lovelace", "Ada")], "Lovelace 2020"),
        ("Laurens van der Maaten", [Name("van der Maaten", "Laurens")], "van der Maaten 2020"),
        ("van der Maaten, Laurens", [Name("van der Maaten", "Laurens")], "van der Maaten 2020"),
        ("de la Cruz", [Name("de la Cruz")], "de la Cruz 2020"),
        ("King, Jr, Martin Luther", [Name("King", "Martin Luther", "Jr")], "King 2020"),
        ("King, Martin Luther, Jr.", [Name("King", "Martin Luther", "Jr.")], "King 2020"),
        ("Martin Luther King Jr.", [Name("King", "Martin Luther", "Jr.")], "King 2020"),
        ("King III, Martin", [Name("King", "Martin", "III")], "King 2020"),
        ("{The OEIS and Friends}", [Name("The OEIS and Friends")], "The OEIS and Friends 2020"),
        ("{OpenAI} and {Simon \\& Schuster, Inc.}", [Name("OpenAI"), Name("Simon & Schuster, Inc.")], None),
        (
            "Shan Carter and Daniel Smilkov",
            [Name("Carter", "Shan"), Name("Smilkov", "Daniel")],
            "Carter & Smilkov 2020",
        ),
        ("A One AND B Two\nand C Three", [Name("One", "A"), Name("Two", "B"), Name("Three", "C")], "One et al. 2020"),
        ("A One and others", [Name("One", "A")], "One et al. 2020"),
        ("A One and B Two and et al.", [Name("One", "A"), Name("Two", "B")], "One et al. 2020"),
        ("One, A. et al.", [Name("One", "A.")], "One et al. 2020"),
        ("Moss, Ada; Rohr, Uwe", [Name("Moss", "Ada"), Name("Rohr", "Uwe")], "Moss & Rohr 2020"),
        ("Ada Moss; Uwe Rohr and Cai Li", [Name("Moss", "Ada"), Name("Rohr", "Uwe"), Name("Li", "Cai")], None),
        ("Moss, Ada;Rohr, Uwe; ", [Name("Moss", "Ada"), Name("Rohr", "Uwe")], None),
        ("Ada Moss & Uwe Rohr", [Name("Moss", "Ada"), Name("Rohr", "Uwe")], None),
        ("Moss, Ada \\& Rohr, Uwe", [Name("Moss", "Ada"), Name("Rohr", "Uwe")], None),
        ("{Ada Moss & Uwe Rohr Ltd}", [Name("Ada Moss & Uwe Rohr Ltd")], None),
        ("Wei Wang 0042 and Ada Moss", [Name("Wang", "Wei"), Name("Moss", "Ada")], None),  # of DBLP
        ("Ren&eacute; Moss", [Name("Moss", "René")], None),
        ("Moss, Xi", [Name("Moss", "Xi")], None),
        ("Moss,", [Name("Moss")], None),
        ("Martin King Jr.", [Name("King", "Martin", "Jr.")], None),
        ("Xi dE Moss", [Name("dE Moss", "Xi")], None),
        ("Su III", [Name("III", "Su")], None),
        ("family=Beethoven, given=Ludwig, prefix=van", [Name("van Beethoven", "Ludwig")], None),
        ("山田 太郎 and 王, 小明", [Name("山田", "太郎"), Name("王", "小明")], None),
        ("王，小明； 李 四、山田太郎", [Name("王", "小明"), Name("李", "四"), Name("山田太郎")], None),
        ("الخوارزمي، محمد", [Name("الخوارزمي", "محمد")], None),
        ("Лев Толстой", [Name("Толстой", "Лев")], "Толстой 2020"),
        (r"Kurt G{\"o}del", [Name("Gödel", "Kurt")], "Gödel 2020"),
        (r"Paul Erd{\H o}s", [Name("Erdős", "Paul")], "Erdős 2020"),
        (r"S{\o}ren \v{S}koda-{\L}uk\'{a}cs", [Name("Škoda-Łukács", "Søren")], "Škoda-Łukács 2020"),
        (r"{\'E}mile Zola and \'{\i}var {\relax Ch}ar", [Name("Zola", "Émile"), Name("ívar Char")], None),
    ],
)
def test_names(author, names, label):
    found = entry(author)
    assert list(found.authors) == names
    assert label is None or found.label.replace("\u00a0", " ") == label


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("{Prevalence of {N}eural  Collapse}", "Prevalence of Neural Collapse"),
        ('"A {"}quoted{"} word"', 'A "quoted" word'),
        (r"{``Quoted'' --- 5\% of 3--4, a~tie \& \emph{more}}", "“Quoted” — 5% of 3–4, a\u00a0tie & more"),
        ('"Part" # { two} # "\n three"', "Part two three"),
        (r"{B\h{a}o \h{\^e}, Fermat's and '68, \textquotesingle}", "Bảo ể, Fermat’s and ’68, '"),
        (r"{Nguy{\~\^e}n Tr{\'{\^e}}n \d{\^o} \`{\u{a}}}", "Nguyễn Trến ộ ằ"),
        (r"{{\L}\o\ss{} \'\i{} \v{c} \v c \c{S} \k{a} \r a {\aa} \t{oo} \i}", "Łøß í č č Ş ą å å oo ı"),
        (r"{\textless{} \textgreater \textquotesingle \textbackslash \textasciitilde{} \_ \# \$5}", "< >'\\~ _ # $5"),
        (r"{AT\&amp;T &amp; 100% \enquote{of} {\sc all} {\em it}}", "AT&T & 100% “of” all it"),
        (
            '{{\\textless}span class="nocase"{\\textgreater}pH{\\textless}/span{\\textgreater} of <u>a</u> <b>}',
            "pH of a <b>",
        ),
        ('{<inline-formula> <tex-math notation="LaTeX">$k$ </tex-math></inline-formula>-trees}', "k -trees"),
        ('{Das "`Rechnen"\' und "mehr"}', 'Das „Rechnen“ und "mehr"'),
        (r"{costs $5 and $6, or $7-$9}", "costs $5 and $6, or $7-$9"),
        ("{\\textcommabelow{s}, one\\\\two \\noopsort{1}three\\-four}", "ș, one two threefour"),
        (r"{nothing \(\) in \ensuremath{} it}", "nothing in it"),
        (r"{one\hspace*{1em}\label{a} \\[two] \emph{three } {four }five}", "one [two] three four five"),
        (r"{The 10$^{th}$ of CO$_2$, {not {braced}} \url{of} 3$^2$}", "The 10th of CO2, not braced of 32"),
        (r"{one \em two {three} \href{http://x.org}{$x$}}", "one two three x"),
        ('"Part"#{ two} #" three"', "Part two three"),
        (r"{ \emph{ one } two }", "one two"),
        ("{Of &lt;i&gt;E. coli&lt;/i&gt; &amp; p &lt; 5}", "Of E. coli & p < 5"),
        (r"{Of \ce{H2O} and {\ce{SO4^2-}}}", "Of H2O and SO4^2-"),
        (r"{\texorpdfstring{$x$}{ex} and $n$ of $ 5 or so $ each}", "x and n of $ 5 or so $ each"),
    ],
)
def test_titles(title, text):
    assert plain(entry("A B", title).title) == text


@pytest.mark.parametrize("end", ["?", "!", "…", "?”", "!“", "？", "。", "؟", "."])
def test_a_sentence_that_ends_gets_no_second_stop(end):
    assert bibliography.ended(f"<i>Was ist das{end}</i>") == f"<i>Was ist das{end}</i>"
    assert bibliography.ended("What it is") == "What it is."


def test_a_title_keeps_its_formulas_and_its_emphasis():
    title = r"{H$_2$O, $H_2O$ and {$\alpha$}, $ n^2 $, \ensuremath{x} {\it in vitro} "
    title += r'\textsc{a}\textsuperscript{b} <i>c<sub>d</sub></i> <span style="font-variant:small-caps;">e</span>}'
    found = entry("A B", title)
    assert plain(found.title) == "H2O, H_2O and α, n^2, x in vitro ab cd e"
    shown = render(found, "2020", lambda tex: f"<m>{tex}</m>")
    assert (
        r'title">H<sub>2</sub>O, <m>H_2O</m> and <m>\alpha</m>, <m>n^2</m>, <m>x</m> <em>in vitro</em> '
        '<span class="small-caps">a</span><sup>b</sup> <em>c<sub>d</sub></em> <span class="small-caps">e</span></cite>.'
        in shown
    )


def test_abbreviations_comments_and_preambles():
    found = works(
        '% said\n@string{j = "Journal"}\nany words, 3 = 4 @ {n}\n@comment{no {nested} @misc}\n'
        '@preamble{"\\newcommand{\\who}[1]{by #1}" # "\\def\\X{Ex}"}\n'
        "@Article(k, author={A B}, title={T \\who{you} \\X}, year={2020}, % why\n"
        '%  number={3},\n note={\\emph{\\X} or \\X{} \\who{\\X}},\n month=sep # {~1},\n journal = J # " B")'
    )
    assert list(found.entries) == ["k"]
    work = found.entries["k"]
    assert (plain(work.texts["journal"]), plain(work.title), work.place) == ("Journal B", "T by you Ex", "r.bib:6")
    assert plain(work.texts["note"]) == "Ex or Ex by Ex"


def test_commands_are_put_in_ten_deep():
    names = [f"\\x{sign}" for sign in "abcdefghijk"]
    defined = "".join(f"\\def{name}{{{below}}}" for name, below in itertools.pairwise(names))
    text = f'@preamble{{"{defined}\\def\\xk{{{{in}} here}}"}}@misc{{k, author={{A B}}, title={{%s{{}} T}}, year=2020}}'
    assert plain(works(text % r"\xb").entries["k"].title) == "in here T"
    assert said(text % r"\xa") == ['r.bib:1: unknown TeX command "\\xk"; expected the letter itself']


@pytest.mark.parametrize(
    ("used", "shown"),
    [
        *(
            (r"\two you all", "by you all"),
            (r"\two{you} all", "by you all"),
            (r"\two{you}{ two} all", "by you two all"),
        ),
        *((r"\one{you}{ two} all", "by you! two all"), (r"\none{you} all", "by you all")),
    ],
)
def test_a_command_takes_the_arguments_that_it_has_and_no_more(used, shown):
    defined = r'@preamble{"\newcommand{\two}[2]{by #1#2}\newcommand\one[1]{by #1!}\def\none{by }"}'
    assert plain(works(defined + f"@misc{{k, title={{{used}}}, year=2020}}").entries["k"].title) == shown


# One entry in the habit of each source of them -> its line

LINES = {
    "Zotero, Better BibTeX": (
        r"""@inproceedings{heDeepResidualLearning2016,
          title = {Deep {{Residual Learning}} for {{Image Recognition}}},
          booktitle = {2016 {{IEEE Conference}} on {{Computer Vision}} and {{Pattern Recognition}} ({{CVPR}})},
          author = {He, Kaiming and Zhang, Xiangyu}, year = 2016, month = jun, pages = {770--778}, publisher = {IEEE},
          address = {Las Vegas, NV, USA}, doi = {10.1109/CVPR.2016.90}, urldate = {2023-01-02},
          isbn = {978-1-4673-8851-1}, langid = {english}, file = {C\:\\Users\\x\\\textbackslash y.pdf:application/pdf},
          abstract = {5 \textless 6 \unknown{command} $\broken{ }}
        }""",
        "He, K. & Zhang, X. (2016). Deep Residual Learning for Image Recognition. *2016 IEEE Conference on Computer "
        "Vision and Pattern Recognition (CVPR)*, 770–778. IEEE, Las Vegas, NV, USA. "
        "[doi:10.1109/CVPR.2016.90](https://doi.org/10.1109/CVPR.2016.90)",
    ),
    "Zotero, BibLaTeX": (
        r"""@online{vaswani,
          title = {Attention {{Is All You Need}}}, author = {Vaswani, Ashish and others}, date = {2017-06-12},
          eprint = {1706.03762}, eprinttype = {arXiv}, eprintclass = {cs}, url = {http://arxiv.org/abs/1706.03762},
          urldate = {2020-05-01}, pubstate = {prepublished}, keywords = {a,b}
        }""",
        "Vaswani, A., et al. (2017). [Attention Is All You Need](http://arxiv.org/abs/1706.03762). Prepublished. "
        "Accessed 1 May 2020. [arXiv:1706.03762](https://arxiv.org/abs/1706.03762)",
    ),
    "JabRef": (
        """% Encoding: UTF-8
        @Article{Moss2020,
          author       = {Moss, Ada and Rohr, Uwe},
          date         = {2020-05~/2021},
          journaltitle = {Journal of Mosses},
          title        = {On Moss},
          subtitle     = {A Note},
          number       = {2},
          volume       = {1},
          eid          = {e12},
          timestamp    = {2020-01-01},
          file         = {:a_b/c.pdf:PDF},
        }
        @Comment{jabref-meta: databaseType:biblatex;}""",
        "Moss, A. & Rohr, U. (ca. 2020–2021). On Moss: A Note. *Journal of Mosses* 1(2), e12.",
    ),
    "Google Scholar": (
        """@article{kingma2014adam,
  title={Adam: A method for stochastic optimization},
  author={Kingma, Diederik P and Ba, Jimmy},
  journal={arXiv preprint arXiv:1412.6980},
  publisher={arXiv},
  year={2014}
}""",
        "Kingma, D. P. & Ba, J. (2014). Adam: A method for stochastic optimization. "
        "[arXiv:1412.6980](https://arxiv.org/abs/1412.6980)",
    ),
    "EndNote": (
        """@article{RN12,
   author = {Smith, J. B.},
   title = {A title},
   journal = {Science},
   year = {1999},
   type = {Journal Article}
}""",
        "Smith, J. B. (1999). A title. *Science*.",
    ),
    "ACL Anthology": (
        """@inproceedings{devlin-etal-2019-bert,
    title = "{BERT}: Pre-training of Deep Bidirectional Transformers",
    author = "Devlin, Jacob  and
      Chang, Ming-Wei",
    editor = "Burstein, Jill  and
      Doran, Christy",
    booktitle = "Proceedings of the 2019 Conference of the North {A}merican Chapter",
    month = jun,
    year = "2019",
    address = "Minneapolis, Minnesota",
    publisher = "Association for Computational Linguistics",
    url = "https://aclanthology.org/N19-1423/",
    doi = "10.18653/v1/N19-1423",
    pages = "4171--4186"
}""",
        "Devlin, J. & Chang, M.-W. (2019). [BERT: Pre-training of Deep Bidirectional Transformers]"
        "(https://aclanthology.org/N19-1423/). In J. Burstein & C. Doran (Eds.), *Proceedings of the 2019 Conference "
        "of the North American Chapter*, 4171–4186. Association for Computational Linguistics, Minneapolis, Minnesota. "
        "[doi:10.18653/v1/N19-1423](https://doi.org/10.18653/v1/N19-1423)",
    ),
    "DBLP": (
        """@inproceedings{DBLP:conf/eccv/ZeilerF14,
  author       = {Matthew D. Zeiler and Rob Fergus}, editor = {David J. Fleet},
  title        = {Visualizing and Understanding Convolutional Networks},
  booktitle    = {Computer Vision - {ECCV} 2014}, series = {Lecture Notes in Computer Science},
  volume       = {8689}, pages = {818--833}, publisher = {Springer}, year = {2014},
  url          = {https://doi.org/10.1007/978-3-319-10590-1\\_53}, doi = {10.1007/978-3-319-10590-1\\_53},
  biburl       = {https://dblp.org/rec/conf/eccv/ZeilerF14.bib}
}""",
        "Zeiler, M. D. & Fergus, R. (2014). [Visualizing and Understanding Convolutional Networks]"
        "(https://doi.org/10.1007/978-3-319-10590-1_53). In D. J. Fleet (Ed.), *Computer Vision - ECCV 2014*, Lecture "
        "Notes in Computer Science 8689, 818–833. Springer. "
        "[doi:10.1007/978-3-319-10590-1_53](https://doi.org/10.1007/978-3-319-10590-1_53)",
    ),
    "biblatex: a chapter of a collection": (
        """@incollection{a, author = {One, Ada}, title = {A Chapter}, crossref = {c}, pages = {3-5}}
        @collection{c, editor = {Two, Bo}, title = {The Whole}, subtitle = {Of It}, date = {2001/2002},
          publisher = {Press}, location = {Here}, xdata = {x}}
        @xdata{x, series = {Series}, number = 7}""",
        "One, A. (2001–2002). A Chapter. In B. Two (Ed.), *The Whole: Of It*, Series 7, 3–5. Press, Here.",
    ),
    "BibTeX: a paper of proceedings": (
        """@inproceedings{a, author = {One, Ada}, title = {A Paper}, crossref = {P}, pages = 7}
        @proceedings{p, title = {Proc. of X}, booktitle = {Proceedings of X}, year = 1999, organization = {ACM}}""",
        "One, A. (1999). A Paper. *Proceedings of X*, 7. ACM.",
    ),
    "an edited book": (
        "@book{a, editor={Two, Bo and Three, Cy}, title={B}, edition={2}, volume={3}, publisher={P}, year={2000}}",
        "Two, B. & Three, C. (Eds.) (2000). B (2nd ed.; Vol. 3). *P*.",
    ),
    "INSPIRE": (
        """@article{a, author = "Aad, Georges and others", collaboration = "ATLAS", title = "{Observation of $H$}",
            eprint = "1207.7214", archivePrefix = "arXiv", primaryClass = "hep-ex", reportNumber = "CERN-1",
            journal = "Phys. Lett. B", volume = "716", pages = "1--29", year = "2012"}""",
        "Aad, G., ATLAS Collaboration, et al. (2012). Observation of $H$. *Phys. Lett. B* 716, 1–29. "
        "[arXiv:1207.7214](https://arxiv.org/abs/1207.7214)",
    ),
    "NASA's ADS": (
        r"""@ARTICLE{2018ApJ...1..2X, author = {{Xu}, A. and {de la Cruz}, B.}, title = "{On $z \sim 7$}",
            journal = {\apj}, keywords = {a}, year = 2018, month = may, volume = {856}, number = {1}, eid = {2},
            pages = {2}, adsurl = {https://ui.adsabs.harvard.edu/abs/x}, adsnote = {Provided by}}""",
        "Xu, A. & de la Cruz, B. (2018). On $z \\sim 7$. *Astrophysical Journal* 856(1), 2.",
    ),
    "a set": (
        "@set{a, entryset={b0,b1}}@misc{b0, author={One, A.}, title={T}}@misc{b1, title={U}, note={N}, year=2000}",
        "One, A. (n.d.). T.",
    ),
    "a thesis": (
        "@thesis{a, author={One, A.}, title={T}, type={mathesis}, institution={U}, location={X}, date={2020-21}}",
        "One, A. (2020). T (Master’s thesis). *U*, X.",
    ),
    "a report": (
        "@techreport{a, author={One, A.}, title={T}, number={TR-1}, institution={Lab}, year=2000}",
        "One, A. (2000). T (Technical report TR-1). *Lab*.",
    ),
    "a patent": (
        "@patent{a, author={One, A.}, title={T}, number={123}, type={patentus}, holder={X}, date={2000}}",
        "One, A. (2000). T (US patent No. 123).",
    ),
    "software": (
        "@software{a, author={{The Authors}}, title={S}, version={1.2}, publisher={Zenodo}, date={2020}}",
        "The Authors (2020). S (Version 1.2). *Zenodo*.",
    ),
    "nobody, no year": (
        "@www{a, title={Some Page}, url={www.x.org/a_b}}",
        "[Some Page](https://www.x.org/a_b) (n.d.).",
    ),
    "notes that Zotero makes of fields": (
        "@article{a, author={One, A.}, title={T}, journal={J}, year=2000, note={Publisher: Wiley}}",
        "One, A. (2000). T. *J*.",
    ),
    "a DOI as Mendeley escaped it": (
        r"@misc{a, author={One, A.}, title={It's}, year=2000, doi = {10.1007\/s00220-018-3199-z}}",
        "One, A. (2000). It’s. [doi:10.1007/s00220-018-3199-z](https://doi.org/10.1007/s00220-018-3199-z)",
    ),
    "in press": ("@unheardof{a, author={One, A.}, title={T?}, year={in press}}", "One, A. (in press). T?"),
    "commands that link": (
        r"@misc{a, author={One, A.}, title={T}, year=2000, howpublished={\url{https://x.org/a_b%20c}}, "
        r"note={See \href{http://y.org}{this}, \url{ftp://z.org}}}",
        "One, A. (2000). T. *[https://x.org/a_b%20c](https://x.org/a_b%20c)*. See [this](http://y.org), ftp://z.org.",
    ),
    "an address that is none": (
        "@misc{a, author={One, A.}, title={T}, year=2000, url={javascript:alert(1)}}",
        "One, A. (2000). T. javascript:alert(1)",
    ),
    "pages alone": ("@misc{a, author={One, A.}, title={T}, year=2000, pages={3-9}}", "One, A. (2000). T. pp. 3–9."),
    "a translation": (
        "@book{a, author={One, A.}, translator={Two, B.}, title={T}, year={-0044}, publisher={P}}",
        "One, A. (45 BCE). T (B. Two, Trans.). *P*.",
    ),
    "a question with a subtitle and more": (
        "@misc{a, author={One, A.}, title={What?}, subtitle={A Note}, titleaddon={Again}, year=2000}",
        "One, A. (2000). What? A Note. Again.",
    ),
    "a title that ends and more": (
        "@misc{a, author={One, A.}, title={What!}, titleaddon={Again}, year=2000}",
        "One, A. (2000). What! Again.",
    ),
    "editors and others": (
        "@book{a, editor={Two, Bo and others}, title={T}, year=2000}",
        "Two, B., et al. (Eds.) (2000). T.",
    ),
    "a link in a link": (
        r"@misc{a, author={One, A.}, title={T}, year=2000, note={\href{http://y.org}{at \url{http://z.org}}}}",
        "One, A. (2000). T. [at http://z.org](http://y.org).",
    ),
    "a patent of a country": (
        "@patent{a, author={One, A.}, title={T}, number={1}, type={patentde}, year=2000, "
        "address={countryde and countryfr}}",
        "One, A. (2000). T (Patent DE No. 1). DE, FR.",
    ),
    "an archive that is the journal as well": (
        "@article{a, author={One, A.}, title={T}, journaltitle={arXiv:1706.03762 [cs]}, year=2017, "
        "eprint={1706.03762}, eprinttype={arxiv}}",
        "One, A. (2017). T. [arXiv:1706.03762](https://arxiv.org/abs/1706.03762)",
    ),
    "names of Arabic letters": (
        "@misc{a, author={أحمد، ليلى}, title={عنوان}, year=2020}",
        "أحمد، ليلى (2020). عنوان.",
    ),
    "a series of a journal": (
        "@article{a, author={One, A.}, title={T}, journal={J}, series={2}, volume=3, year=2000, publisher={P}}",
        "One, A. (2000). T. *J* (2nd series) 3.",
    ),
    "a new series of a journal": (
        "@article{a, author={One, A.}, title={T}, journal={J}, series={newseries}, volume=3, number=4, year=2000}",
        "One, A. (2000). T. *J* (new series) 3(4).",
    ),
    "something of a journal that is no article": (
        "@misc{a, author={One, A.}, title={T}, journal={J}, publisher={P}, year=2000}",
        "One, A. (2000). T. *J*. P.",
    ),
    "an article without a journal": (
        "@article{a, author={One, A.}, title={T}, publisher={P}, institution={I}, address={X}, year=2000}",
        "One, A. (2000). T. *I*, X. P.",
    ),
    "a book in volumes": (
        "@inbook{a, author={One, A.}, title={T}, booktitle={B}, maintitle={M}, mainsubtitle={S}, volume=2, year=2000}",
        "One, A. (2000). T. *M: S: B* 2.",
    ),
    "a volume in words": (
        "@book{a, title={T}, volume={Band 3}, volumes={4}, year=2000}",
        "T (Band 3; 4 vols.) (2000).",
    ),
    "a collaboration": ("@misc{a, collaboration={ATLAS}, title={T}, year=2000}", "ATLAS Collaboration (2000). T."),
    "a state beside a year": (
        "@misc{a, author={One, A.}, title={T}, date={2020~}, pubstate={forthcoming}}",
        "One, A. (ca. 2020). T. Forthcoming.",
    ),
    "a state in place of a year": ("@misc{a, title={T}, pubstate={inpress}}", "T (in press)."),
    "a title that links": (
        r"@misc{a, author={One, A.}, title={See \href{http://y.org}{there}}, year=2000}",
        "One, A. (2000). See [there](http://y.org).",
    ),
    "a title that links, and has an address": (
        r"@misc{a, author={One, A.}, title={See \href{http://y.org}{there}}, year=2000, url={https://x.org}}",
        "One, A. (2000). [See there](https://x.org).",
    ),
    "two addresses": (
        "@misc{a, author={One, A.}, title={T}, year=2000, url={https://x.org}, eprint={https://y.org}}",
        "One, A. (2000). [T](https://x.org). [https://y.org](https://y.org)",
    ),
    "an address in a note": (
        "@misc{a, author={One, A.}, title={T}, year=2000, note={See https://x.org/a_b, and https://y.org.}}",
        "One, A. (2000). T. See [https://x.org/a_b](https://x.org/a_b), and [https://y.org](https://y.org).",
    ),
    "a chapter that several edited": (
        "@incollection{a, author={One, A.}, title={T}, booktitle={W}, editor={Two, B. and others}, year=2000}",
        "One, A. (2000). T. In B. Two, et al. (Eds.), *W*.",
    ),
    "a book that another edited": (
        "@book{a, author={One, A.}, title={T}, volume={1--2}, editor={Two, B.}, year=2000}",
        "One, A. (2000). T (Vol. 1–2; B. Two, Ed.).",
    ),
    "a book that several edited": (
        "@book{a, author={One, A.}, title={T}, editor={Two, B. and others}, year=2000}",
        "One, A. (2000). T (B. Two, et al., Eds.).",
    ),
    "no title": (
        "@article{a, author={One, A. and Two, B.}, journal={J}, volume=1, pages=2, year=2000}",
        "One, A. & Two, B. (2000). *J* 1, 2.",
    ),
    "a work in arXiv, by Better BibTeX": (
        "@misc{a, author={One, A.}, title={T}, year=2022, number={arXiv:2204.14198}, eprint={2204.14198}, "
        "primaryclass={cs}, publisher={arXiv}, archiveprefix={arXiv}}",
        "One, A. (2022). T. [arXiv:2204.14198](https://arxiv.org/abs/2204.14198)",
    ),
    "a work in arXiv, by Semantic Scholar": (
        "@article{a, author={Ann One}, title={T}, journal={ArXiv}, year={2017}, volume={abs/1706.03762}}",
        "One, A. (2017). T. [arXiv:1706.03762](https://arxiv.org/abs/1706.03762)",
    ),
    "a volume and number in one, by Semantic Scholar": (
        "@article{a, author={Ann One}, title={T}, journal={J}, year={1998}, volume={9 5}, pages={\n  9-10\n }}",
        "One, A. (1998). T. *J* 9(5), 9–10.",
    ),
    "the place of a meeting, and of its publisher, by the ACM": (
        "@inproceedings{a, author={One, A.}, title={T}, booktitle={P}, location={Oslo}, publisher={Morgan "
        "\\&\\#38; Co}, address={New York}, year=2003}",
        "One, A. (2003). T. *P*. Morgan & Co, New York.",
    ),
    "a place by another name": (
        "@book{a, author={One, A.}, title={T}, publisher={MIT}, place={Cambridge, MA}, collection={Notes}, year=2003}",
        "One, A. (2003). T (Notes). *MIT*, Cambridge, MA.",
    ),
    "a note of EndNote's with all that PubMed knows": (
        "@article{a, author={One, A.}, title={T}, journal={J}, year=2026, note={2041-172x\nOne, Ann\nOrcid: 0000-0001\n"
        "Journal Article\nEngland}}",
        "One, A. (2026). T. *J*.",
    ),
    "marks behind names": (
        "@misc{a, author={Kwak*, Jae and Do$^\\dagger$, Jane and Poe\\textsuperscript{1,*}, Al and Ann Moe*† and "
        "Ek, Bo+ and {C++ Group} and Lu¹, A and M\\textsuperscript{c}Kay, D and {A*STAR}}, title={T}, year=2020}",
        "Kwak, J., Do, J., Poe, A., Moe, A., Ek, B., C++ Group, Lu, A., McKay, D. & A*STAR (2020). T.",
    ),
    "names of UCI's archive": (
        "@misc{a, author={Cortez,Paulo, Cerdeira,A., De Almeida,F. B., and Reis,J.}, title={T}, year=2009, "
        "note={{DOI}: https://doi.org/10.24432/C56S3T}}",
        "Cortez, P., Cerdeira, A., De Almeida, F. B. & Reis, J. (2009). T. DOI: "
        "[https://doi.org/10.24432/C56S3T](https://doi.org/10.24432/C56S3T).",
    ),
    "a note of Zotero's": (
        "@misc{a, author={One, A.}, title={T}, year=2009, note={Number: 4\nPublisher: Multi Institute}}",
        "One, A. (2009). T.",
    ),
    "others by another name": (
        "@misc{a, author={Tian, J. and other contributors}, title={T}, year=2020}",
        "Tian, J., et al. (2020). T.",
    ),
    "initials without stops": (
        "@misc{a, author={Horn, Berthold KP and Smith, JA and MJ Berger et.al.}, title={T}, year=2020}",
        "Horn, B. K. P., Smith, J. A., Berger, M. J., et al. (2020). T.",
    ),
    "initials": (
        "@misc{a, author={Tolkien, J.R.R. and Picard, Jean-Luc and 王, 小明 and King, Jr., Martin}, title={T}, "
        "year=2000}",
        "Tolkien, J. R. R., Picard, J.-L., 王小明 & King, M., Jr. (2000). T.",
    ),
    "initials and what stands before a name": (
        "@misc{a, author={{W.M.P. van der} Aalst and Alembert, Jean le Rond d' and hooks, bell}, title={T}, year=2000}",
        "Aalst, W. M. P. van der, Alembert, J. le R. d’ & hooks, b. (2000). T.",
    ),
    "a stop behind an edition": (
        "@book{a, author={Ek, Bo}, title={T}, edition={1st,}, year=2000}",
        "Ek, B. (2000). T (1st ed.).",
    ),
    "an archive named twice": (
        "@article{a, author={Ek, Bo}, title={T}, journal={arXiv preprint arXiv:arXiv:1410.5110}, year=2017}",
        "Ek, B. (2017). T. [arXiv:1410.5110](https://arxiv.org/abs/1410.5110)",
    ),
}


@pytest.mark.parametrize("habit", LINES)
def test_entries_of_every_habit(habit):
    text, expected = LINES[habit]
    assert line(text) == expected


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ("eprint={2001.01234}", "[arXiv:2001.01234](https://arxiv.org/abs/2001.01234)"),
        ("eprint={arXiv:2001.01234v2}", "[arXiv:2001.01234v2](https://arxiv.org/abs/2001.01234v2)"),
        ("eprint={2001.01234 [cs.LG]}, archiveprefix={arXiv}", "[arXiv:2001.01234](https://arxiv.org/abs/2001.01234)"),
        ("eprint={hep-th/9901001}", "[arXiv:hep-th/9901001](https://arxiv.org/abs/hep-th/9901001)"),
        ("eprint={https://arxiv.org/abs/2001.01234}", "[arXiv:2001.01234](https://arxiv.org/abs/2001.01234)"),
        ("eprint={hal-0123}, archiveprefix={HAL}", "[HAL:hal-0123](https://hal.science/hal-0123)"),
        ("eprint={2307}, eprinttype={jstor}", "[JSTOR:2307](https://www.jstor.org/stable/2307)"),
        ("eprint={123456}, eprinttype={bioRxiv}", "[bioRxiv:123456](https://doi.org/10.1101/123456)"),
        ("eprint={10.1101/12}, eprinttype={bioRxiv}", "[bioRxiv:10.1101/12](https://doi.org/10.1101/12)"),
        ("eprint={10.2307/77}, eprinttype={jstor}", "[JSTOR:10.2307/77](https://www.jstor.org/stable/10.2307/77)"),
        ("eprint={123}, eprinttype={pubmed}", "[PubMed:123](https://pubmed.ncbi.nlm.nih.gov/123)"),
        ("eprint={PMC12}, eprinttype={pmcid}", "[PMC:PMC12](https://pmc.ncbi.nlm.nih.gov/articles/PMC12)"),
        ("eprint={1/2}, eprinttype={hdl}", "[Handle:1/2](https://hdl.handle.net/1/2)"),
        ("eprint={77}, eprinttype={Elsewhere}", "Elsewhere:77"),
        ("eprint={77}", "77"),
        ("doi={abc def}", "doi:abc"),
        ("doi={https://doi.org/10.1000/a_b}", "[doi:10.1000/a_b](https://doi.org/10.1000/a_b)"),
        ("doi={DOI: 10.1000/a\\_b<c>}", "[doi:10.1000/a_b<c>](https://doi.org/10.1000/a_b%3Cc%3E)"),
    ],
)
def test_archives_and_identifiers(fields, shown):
    text = f"@misc{{a, author={{One, A.}}, title={{T}}, year=2000, {fields}}}"
    assert line(text) == f"One, A. (2000). T. {shown}"


def test_a_range_of_issues_has_a_dash_and_a_day_may_have_its_hour():
    fields = "volume=1, number={3-4}, pages={1-12, 15}, url={https://x.org}, urldate={2023-05-01T10:11:12Z}"
    text = f"@article{{a, author={{One, A.}}, title={{T}}, journal={{J}}, year=2000, {fields}}}"
    assert line(text) == "One, A. (2000). [T](https://x.org). *J* 1(3–4), 1–12, 15. Accessed 1 May 2023."


def test_an_address_in_another_field_is_the_titles():
    for field in ("eprint", "doi", "url"):
        text = f"@misc{{a, author={{One, A.}}, title={{T}}, year=2000, {field}={{\\url{{https://x.org/1}}}}}}"
        assert line(text) == "One, A. (2000). [T](https://x.org/1)."


def test_references_are_ordered_as_readers_look_for_them():
    text = "".join(
        f"@misc{{{key}, author={{{author}}}, title={{{title}}}, year={year}}}\n"
        for key, author, title, year in (
            ("d", "Z Z", "A", 2001),
            ("b", "Ö Öst", "B", 2002),
            ("a", "N Nord", "C", 2003),
            ("c", "P P", "Late", 2009),
            ("e", "P P", "Early", 2003),
            ("f", "", "Outside", 2003),
        )
    )
    assert [found.key for found in in_order(works(text).entries.values())] == ["a", "b", "f", "e", "c", "d"]


def test_who_wrote_or_edited_alone_stands_before_who_did_so_with_others():
    people = {"a": "editor={Olah, C.}", "b": "author={Olah, C. and Alba, D.}", "c": "author={Olah, C. and Zhu, E.}"}
    years = {"a": 2024, "b": 2022, "c": 2020, "d": 2023}
    text = "".join(f"@misc{{{key}, {who}, title={{X}}, year={years[key]}}}\n" for key, who in people.items())
    text += "@misc{d, title={Olah}, year=2023}"
    assert [found.key for found in in_order(works(text).entries.values())] == ["d", "a", "b", "c"]


def test_years_get_letters_where_two_cited_works_read_the_same():
    text = "".join(
        f"@misc{{{k}, author={{A B}}, title={{{t}}}, year={{{y}}}}}\n"
        for k, t, y in (("x", "Two", 2020), ("y", "One", 2020), ("z", "Other", 2021), ("v", "V", ""), ("w", "W", ""))
    )
    found = works(text)
    assert found.years("xyzvw") == {"x": "2020b", "y": "2020a", "z": "2021", "v": "n.d.-a", "w": "n.d.-b"}
    assert found.years("xz") == {"x": "2020", "z": "2021"}
    for said, shown in (("date={2019/2020}", "2019–2020"), ("year={AH 7}", "AH 7")):
        same = works("".join(f"@misc{{{key}, title={{T}}, {said}}}" for key in "ab"))
        assert same.years("ab") == {"a": f"{shown}a", "b": f"{shown}b"}
    many = works("".join(f"@misc{{k{n}, author={{A B}}, title={{{n:02}}}, year=2020}}\n" for n in range(30)))
    assert many.years(many.entries)["k27"] == "2020ab"


@pytest.mark.parametrize(
    ("date", "shown"),
    [
        *(("2020-05", "2020"), ("2020-05-01T10:00:00", "2020"), ("202X", "2020s"), ("20uu", "2000s")),
        *(("2020?", "2020?"), ("2020~", "ca. 2020"), ("2020%", "ca. 2020?"), ("-0044", "45 BCE")),
        *(("2019/..", "2019–"), ("../2020", "–2020"), ("/2020", "–2020"), ("2020-01/2020-05", "2020")),
        *(("März 2018", "2018"), ("12 May 2018", "2018"), ("Sept., 2018", "2018"), ("2018/05/12", "2018")),
        *(("2018 May", "2018"), ("2018 May-Jun", "2018"), ("2018 Dec 24", "2018"), ("2018, 3. März", "2018")),
        *(("2018 revised", "2018 revised"), ("2018 12", "2018")),
        *(("12.05.2018", "2018"), ("1998/99", "1998/99"), ("um 1900", "um 1900"), ("c. 1890", "c. 1890")),
        *(("/", "/"), ("..", ".."), ("2018/2019/2020", "2018/2019/2020"), ("spring", "spring")),
    ],
)
def test_dates_are_shown_by_their_years(date, shown):
    assert works(f"@misc{{k, title={{T}}, date={{{date}}}}}").entries["k"].year == shown


def test_styles_say_each_kind_of_citation():
    work = entry("Ada Moss and B Two and C Three")
    told = {
        name: [say(work, "2020a", 3, language.english()) for say in (style.parenthesis, style.running, style.alone)]
        for name, style in STYLES.items()
    }
    assert told == {
        "author-year": ["Moss et al.\u00a02020a", "Moss et al. (2020a)", "2020a"],
        "numbered": ["3", "Moss et al. [3]", "3"],
    }
    assert [style.grouped(["a", "b"]) for style in STYLES.values()] == ["(a; b)", "[a, b]"]


def test_nobody_and_a_long_title():
    text = "@misc{a, title={A Title That Is Very Long Indeed: And Goes On, {And} On}, year=2000}@misc{b, note={Only}}"
    labels = [work.label.replace("\u00a0", " ") for work in works(text).entries.values()]
    assert labels == ["“A Title That Is Very Long Indeed” 2000", "“Only” n.d."]


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("A Title of Forty Signs: No More, No Less", None),
        ("Any Title}, shorttitle={A Short One", "A Short One"),
        ("A Title of Forty One Signs: No More, Less", "A Title of Forty One Signs"),
        ("A Title of Forty One Signs, and No Colons", "A Title of Forty One Signs, and No…"),
        ("A Title of Many More Signs Than That and No Colons", "A Title of Many More Signs Than That…"),
    ],
)
def test_a_title_of_more_than_forty_signs_is_cut_where_a_part_or_a_word_ends(title, short):
    work = works(f"@misc{{a, title={{{title}}}, year=2000}}").entries["a"]
    assert work.people_in(language.english()) == f"“{short or title}”"


def test_any_key_has_its_own_readable_anchor():
    keys = ["2020key", "it's", "a+b/c:d", "müller", "a%b", "a&b", "a-b", "a<b", "a[b]"]
    found = works("".join(f"@misc{{{key}, title={{T}}}}\n" for key in keys))
    assert list(found.entries) == keys and len(found.entries) == len(keys)
    anchors = [work.anchor for work in found.entries.values()]
    assert anchors == ["2020key", "it's", "a+b/c:d", "müller", "a-b-2", "a-b-3", "a-b", "a-b-4", "a-b-"]
    said = bibliography.said("@2020key, [-@a+b/c:d.] and @{it's} @nobody x@a-b")
    assert found.entries.keys() & said == {"2020key", "a+b/c:d", "it's", "a-b"}


GOOD = "@misc{k, author={A B}, title={T}, year={2020}}\n"


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("@misc{k, author={A B}, title={T}}", []),
        ("@misc{k, title={T}, year=2020}", []),
        ("@misc{k, author={A B}, title={T}, year={in press}}", []),
        (GOOD + GOOD, []),
        ("@artcle{k, author={A B}, title={T}, year=2020}", []),
        ("words @ {k}\n" + GOOD, []),
        ("@misc{k, author={A B}, title={T}, year=2020, month=sept, abstract={\\alfa}, keywords=what}", []),
        ("\n@misc{k, author={A B}, titel={T}, year=2020}", ['r.bib:2: entry "k" has no title; did you mean "titel"?']),
        ("@misc{k, author={A B}, title={T}, yaer=2020}", ['r.bib:1: entry "k" has no year; did you mean "yaer"?']),
        ("@misc{k, autor={A B}, title={T}, year=2020}", ['r.bib:1: entry "k" has no author; did you mean "autor"?']),
        ("@misc{k, editor={A B}, autor={A B}, title={T}, date=2020, yaer=2020}", []),
        ("@misc{k, author={A B}, title={T}, yearly=2020}", []),
        (
            "@misc{k, author={Moss, Jr., X, A}, title={T}, year=2020}",
            ['r.bib:1: the names "Moss, Jr., X, A" were not understood; expected names joined by " and "'],
        ),
        ("@misc{k, author={A B}, title={T}, year=2020\n", ['r.bib:1: entry "k" is not closed; expected }']),
        (
            "@misc{k, author={A B}, title={T, year=2020}\n\n" + GOOD.replace("{k", "{l"),
            ['r.bib:1: entry "k" is not closed; expected }'],
        ),
        ("@misc{k, author={A B}, title={T, year={2020}\n", ['r.bib:1: entry "k" is not closed; expected }']),
        ('@misc{k, title="T}\n', ['r.bib:1: entry "k" is not closed; expected }']),
        ("@misc{k\n author={A B}}", ['r.bib:1: entry "k" was not understood; expected comma after entry key']),
        (
            "@misc{k, author={A B} title={T}, year=2020}\n" + GOOD.replace("{k", "{l"),
            ['r.bib:1: "title={T}" was not understood; expected , after the field "author"'],
        ),
        ("@misc{k, author {A B}}", ['r.bib:1: entry "k" was not understood; expected = after entry key']),
        ("@misc{k}", ['r.bib:1: entry "k" says nothing; expected author, title and year']),
        (
            "@misc{k, author={A B}, title={T},\n journal=joos, year=2020}@string{jos={J}}",
            ['r.bib:2: unknown abbreviation "joos"; expected a value in braces'],
        ),
        (
            "@string{jos={J}}\n@misc{k, author={A B}, title={T}, journal=joos, year=2020}",
            ['r.bib:2: unknown abbreviation "joos"; expected a value in braces; did you mean "jos"?'],
        ),
        (
            "@misc{k, author={A B and and C D}, title={T}, year=2020}",
            ["r.bib:1: an author without a name; expected names joined by one “and”"],
        ),
        (
            "@misc{k, author={A B and}, title={T}, year=2020}",
            ["r.bib:1: an author without a name; expected names joined by one “and”"],
        ),
        (
            "@misc{k, author={A Moss, B Rohr, C Li},\n title={T}, year=2020}",
            ['r.bib:1: the names "A Moss, B Rohr, C Li" were not understood; expected names joined by " and "'],
        ),
        (
            "@misc{k, author={A. Moss, B. Rohr},\n title={T}, year=2020}",
            ['r.bib:1: the names "A. Moss, B. Rohr" were not understood; expected names joined by " and "'],
        ),
        (
            "@misc{k, author={A B},\n title={A\n \\alfa}, year=2020}",
            ['r.bib:3: unknown TeX command "\\alfa"; expected the letter itself'],
        ),
        *(
            (
                rf"@misc{{k, author={{A B}}, title={{\url{{https://x.org}} {tex}}}, year=2020}}",
                [rf'r.bib:1: unknown TeX command "\{command}"; expected the letter itself'],
            )
            for tex, command in (
                (r"\frac{1}{2}", "frac"),
                (r"\sqrt{0}", "sqrt"),
                (r"\url", "url"),
                (r"\url 1", "url"),
                (r"\overline", "overline"),
                (r"\begin{quote}T\end{quote}", r"begin{quote}"),
                (r"\href{0}", "href"),
            )
        ),
        (
            "@misc{k, title={T},\n crossref={nome}}@misc{none, title={N}}",
            ['r.bib:2: entry "k" takes its fields from "nome", which is not there; did you mean "none"?'],
        ),
        (
            "@misc{k, author={A B}, year=2020,\n title={" + "{" * 3000 + "T" + "}" * 3000 + "}}",
            ['r.bib:2: the TeX of "title" was not understood'],
        ),
        (
            "@misc{k, author={A B}, year=2020, title={\n\\alfa}}",
            ['r.bib:2: unknown TeX command "\\alfa"; expected the letter itself'],
        ),
        (
            "@misc{k, title={T}, year=2020, xdata={nix, given}}@xdata{given, author={A \\alfa}}",
            [
                'r.bib:1: entry "k" takes its fields from "nix", which is not there',
                'r.bib:1: unknown TeX command "\\alfa"; expected the letter itself',
                'r.bib:1: unknown TeX command "\\alfa"; expected the letter itself',
            ],
        ),
        ("@misc{k, title={T\ufffd\ufffd}}", ['r.bib:1: a byte that is not UTF-8, in the field "title" of "k"']),
        ("<html>", ['r.bib:1: "<html>" holds no work; expected entries like @article{key, …}']),
    ],
)
def test_mistakes_of_cited_works(text, messages):
    assert said(text) == messages


@pytest.mark.parametrize(
    "shown", ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "14th", "21st", "22nd", "23rd", "111th", "101st"]
)
def test_editions_are_counted_as_english_counts(shown):
    assert f"{shown} ed." in line(f"@book{{k, author={{A B}}, title={{T}}, year=2020, edition={{{shown[:-2]}}}}}")


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        (
            "@phdthesis{a, author={Eins, A.}, title={T}, school={TU}, year=2000}",
            "Eins, A. (2000). T (Dissertation). *TU*.",
        ),
        (
            "@thesis{a, author={Eins, A.}, title={T}, year=2000, type={Habilitation}}",
            "Eins, A. (2000). T (Habilitation).",
        ),
        ("@misc{a, author={Eins, A.}, title={T}, pubstate={inpress}}", "Eins, A. (im Druck). T."),
        ("@misc{a, author={Eins, A.}, title={T}, date=2000, pubstate={submitted}}", "Eins, A. (2000). T. Eingereicht."),
        (
            "@online{a, author={Eins, A.}, title={T}, year=2000, url={https://x.org}, urldate={2020-03-01}}",
            "Eins, A. (2000). [T](https://x.org). Abgerufen am 1. März 2020.",
        ),
    ],
)
def test_kinds_states_and_days_of_works_are_said_in_the_language_of_the_page(fields, shown):
    assert line(fields, words=language.load("de", Overlay(default_templates()))) == shown


@pytest.mark.parametrize(
    ("version", "shown"), [("1.2", "Version 1.2"), ("v1.2", "Version v1.2"), ("beta 2", "beta 2"), ("B-2", "B-2")]
)
def test_versions_that_are_words_stand_for_themselves(version, shown):
    assert line(f"@software{{k, title={{T}}, year=2020, version={{{version}}}}}") == f"T ({shown}) (2020)."


@pytest.mark.parametrize("said", ["2., überarbeitete Auflage", "Second Edition", "2. Aufl.", "2e édition", "2. ed."])
def test_an_edition_that_is_called_so_is_not_called_so_twice(said):
    assert f"({said})" in line(f"@book{{k, author={{A B}}, title={{T}}, year=2020, edition={{{said}}}}}")


def test_names_of_east_asia_have_no_comma_within():
    work = works("@book{k, author={山田, 太郎 and Moss, Ada}, editor={王 小明}, title={T}, year=2020}").entries["k"]
    assert re.sub("<[^>]*>", "", render(work, "2020")).startswith("山田太郎 &amp; Moss, A. (2020). T (王小明, Ed.)")


def test_editions_are_counted_as_another_language_counts():
    work = works("@book{k, author={A B}, title={T}, year=2020, edition=2}").entries["k"]
    german = language.load("de", Overlay(default_templates()))
    assert f"(2. {german('ed.')})" in render(work, "2020", words=german)


def test_two_works_take_fields_from_each_other():
    text = "@misc{a, title={T}, crossref={b}, note={N}}@misc{b, year=2000, crossref={a}}"
    assert line(text) == "T (2000). N."


@pytest.mark.parametrize("field", ["edition", "series", "year", "volume", "number", "date", "urldate", "chapter"])
def test_a_number_of_thousands_of_digits_is_a_text(field):
    digits = "9" * 5000
    year = "" if field in ("year", "date") else "year=2020, "
    assert "T" in line(f"@book{{k, author={{A B}}, title={{T}}, {year}{field}={{{digits}}}}}")


DOUBLED = "".join(
    f"@string{{s{at} = {f's{at - 1} # s{at - 1}' if at else chr(34) + 'x' * 99 + chr(34)}}}\n" for at in range(40)
)


@pytest.mark.parametrize(
    "text",
    [
        DOUBLED + "@misc{k, title=s39, author={A B}, year=2020}",
        '@preamble{"\\def\\a{' + r"\a" * 99 + '}"}@misc{k, title={\\a}, author={A B}, year=2020}',
        '@preamble{"\\def\\a#1{' + "#1" * 999 + r'}"}@misc{k, title={\a{' + "x" * 999 + "}}, author={A B}, year=2020}",
        '@string{s = "'
        + "x" * 9999
        + '"}'
        + "".join(f"@misc{{k{at}, title=s # s # s # s # s, author={{A B}}, year=2020}}" for at in range(120)),
    ],
    ids=["abbreviations of abbreviations", "a command of itself", "an argument many times", "many works"],
)
def test_what_stands_for_more_and_more_is_a_mistake_before_memory_is_asked_for(text):
    assert any("stand for more than" in one for one in said(text)), [one[:99] for one in said(text)]


def test_a_large_argument_at_many_places_takes_no_memory():
    body, given = "#1" * 9_000, "x" * 9_000
    text = f'@preamble{{"\\def\\a#1{{{body}}}"}}@misc{{k, title={{\\a{{{given}}}}}, author={{A B}}, year=2020}}'
    parse({"r.bib": GOOD})[0].entries["k"]  # what reads is loaded
    tracemalloc.start()
    try:
        assert any("stand for more than" in one for one in said(text))
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("used", ["s # s", r"{\a\a}", r"{\b{123456789}}"])
def test_what_is_as_long_as_may_be_is_no_mistake(used, monkeypatch):
    defined = r'@string{s = "six678"}@preamble{"\def\a{six678}\def\b#1{#1.}"}'
    work = f"@misc{{k, author={{A B}}, title={used}, year={{2020}}}}"
    monkeypatch.setattr(bibtex, "LONGEST", 12)
    assert said(defined + work) == []
    assert said((defined + work).replace("6", "66")) == [
        'r.bib:1: entry "k": abbreviations or commands stand for more than 12 characters'
    ]


def test_all_that_a_bibliography_may_stand_for_is_no_mistake(monkeypatch):
    one = "@misc{k1, author={A B}, title={T}, year={2020}}\n"
    monkeypatch.setattr(bibtex, "MOST", 2 * len("A BT2020"))
    assert said(one + one.replace("k1", "k2")) == []
    assert said(one + one.replace("k1", "k2") + one.replace("k1", "k3")) == [
        'r.bib:3: entry "k3": abbreviations or commands stand for more than 16 characters'
    ]


def test_what_nobody_cites_is_told_when_asked_for():
    text = (
        GOOD
        + GOOD
        + "@misc{broken\n"
        + "@misc{child, crossref={k}, note={N}}\n@misc{, title={T}}\n@misc{b, title={T}, title={U}}"
    )
    found = works(text, clean=False)
    assert list(map(str, found.unused({"child"}))) == [
        'r.bib:3: entry "broken" is not closed [broken-work]',
        'r.bib:3: "broken" is never cited [uncited-work]',
        "r.bib:5: an entry without a key [broken-work]",
        'r.bib:6: entry "b" has the field "title" twice; the first counts [broken-work]',
        'r.bib:6: "b" is never cited [uncited-work]',
    ]
    assert [str(odd) for odd in found.entries["k"].odd] == [
        'r.bib:2: the key "k" is used twice; the work on line 1 counts [odd-work]'
    ]


def test_works_of_several_files_are_one_bibliography():
    """Abbreviations and parents are of all; each place is of its own file."""
    names = "@string{jos = {Journal of Sums}}\n% a remark\n@proceedings{both, title={All}, publisher={\\alfa}}\n"
    first = "@misc{k, title={T}, author={A B}, year=2020, keywords={mine}}\n"
    texts = {
        "names.bib": names,
        "a.bib": first + "@article{a, title={\n\\alfa}, journal=jos}\n@misc{open, title={T}\n",
        "b.bib": f"\n{first.replace('mine', '')}@misc{{a, title={{Other}}}}\n@inproceedings{{c, crossref={{both}}}}",
    }
    found, problems = parse(texts)
    assert not problems and [*found.entries] == ["both", "k", "a", "open", "c"]
    assert plain(found.entries["a"].texts["journal"]) == "Journal of Sums"
    assert plain(found.entries["c"].texts["booktitle"]) == "All"
    assert [str(told) for work in found.entries.values() for told in (*work.problems, *work.odd)] == [
        'names.bib:3: unknown TeX command "\\alfa"; expected the letter itself',
        'a.bib:3: unknown TeX command "\\alfa"; expected the letter itself',
        'b.bib:3: the key "a" is another work\'s; that at a.bib:2 counts [odd-work]',
        'a.bib:4: entry "open" is not closed; expected }',
        'names.bib:3: unknown TeX command "\\alfa"; expected the letter itself',
    ]
    assert [str(told) for told in found.unused({"k", "c"})] == [
        'a.bib:2: "a" is never cited [uncited-work]',
        'a.bib:4: entry "open" is not closed [broken-work]',
        'a.bib:4: "open" is never cited [uncited-work]',
        'b.bib:3: the key "a" is another work\'s; that at a.bib:2 counts [broken-work]',
    ]
    assert list(map(str, parse({"a.bib": GOOD, "b.bib": "<html>"})[1])) == [
        'b.bib:1: "<html>" holds no work; expected entries like @article{key, …}'
    ]


def test_a_field_that_is_given_twice_is_told_where_it_says_something_else():
    for fields, told in (
        ("note={N}, note={M}", ['r.bib:1: entry "k" has the field "note" twice; the first counts [odd-work]']),
        ("note={N}, note={N}", []),
        ("journal={J}, journaltitle={K}", []),
    ):
        assert list(map(str, works(GOOD.replace("year", f"{fields}, year")).entries["k"].odd)) == told


def test_a_field_under_two_names_is_no_field_twice():
    found = works("@misc{a, title={T}, location={Oslo}, address={New York}, place={X}, journal={J}, journaltitle={K}}")
    work = found.entries["a"]
    assert not work.odd and work.texts["address"] == ["New York"] and work.texts["journal"] == ["J"]


def test_what_tells_a_style_of_latex_how_to_print_is_no_work():
    assert not works("@IEEEtranBSTCTL{c, CTLuse_article_number = {yes}}\n@CONTROL{k, author={08}}\n").entries


def test_a_kind_of_work_that_was_misspelt_is_told():
    """Of kinds that nobody knows nothing can be said."""
    kinds = ("artcle", "Artcle", "inproceeding", "masterthesis", "article", "Software", "music", "blog", "xdata")
    found = works("".join(f"@{kind}{{{kind}, title={{T}}}}\n" for kind in kinds)).entries
    told = {key: [said.said.partition("; ")[2] for said in work.odd] for key, work in found.items() if work.odd}
    meant = {"artcle": "article", "Artcle": "article", "inproceeding": "inproceedings", "masterthesis": "mastersthesis"}
    assert told == {key: [f'did you mean "@{near}"?'] for key, near in meant.items()}


def test_what_is_left_of_an_entry_or_an_address_is_told():
    text = "@misc{a, title={T}}, year=2001}\n@misc{b, title={T}, url={https://x.org/a b}},\n@misc{c, title={T}}, nice\n"
    text += "@misc{d, title={T}, doi={10.1000/ x}}\n@misc{e, title={T}, doi={DOI: 10.1000/x [doi]}}\n"
    text += "@misc{f, title={T}, url={<Go to ISI>://WOS:1}}\n"  # EndNote's
    found = works(text, clean=False)
    assert {key: [str(said) for said in (*work.problems, *work.odd)] for key, work in found.entries.items()} == {
        "a": ['r.bib:1: ", year=2001}" behind an entry; expected it before the last }'],
        "b": ['r.bib:2: the url of "b" has a blank, and "b" is left out [odd-work]'],
        "c": [],
        "d": ['r.bib:4: the doi of "d" has a blank, and "x" is left out [odd-work]'],
        "e": [],
        "f": [],
    }
    assert "ISI" not in render(found.entries["f"], "n.d.")


def test_line_ends_a_mark_of_bytes_and_tabs_change_nothing():
    text = "\n".join(re.sub(r"@(\w+)\{a,", rf"@\1{{a{n},", habit) for n, (habit, _) in enumerate(LINES.values()))
    plainly = [render(work, work.year) for work in works(text).entries.values()]
    odd = "\ufeff" + text.replace("\n", "\r\n").replace("  ", "\t")
    assert [render(work, work.year) for work in works(odd).entries.values()] == plainly


def test_an_empty_file_is_an_empty_bibliography():
    assert bibliography.parse({"r.bib": ""}) == (bibliography.Bibliography({}, ("r.bib",)), [])


def test_libraries_are_loaded_for_what_is_new_alone():
    memo = Memo()
    before, _ = parse({"r.bib": GOOD}, memo)
    line_before = render(before.entries["k"], "2020")
    code = (
        "import sys, json; from generator.base.memo import Memo;"
        "from generator.content.bibliography import parse, render;"
        "found, _ = parse({'r.bib': sys.argv[1]}, Memo(json.loads(sys.argv[2])));"
        "print(render(found.entries['k'], '2020'));"
        "assert not {'bibtexparser', 'pylatexenc'} & sys.modules.keys()"
    )
    kept = json.dumps(memo.renewed()[WHOLE])
    ran = subprocess.run(
        [sys.executable, "-c", code, GOOD, kept], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert (ran.stdout.strip(), ran.stderr) == (line_before, "")


# Any bibliography

LETTERS = st.text(st.characters(categories=["Lu", "Ll", "Lo", "Nd"]), min_size=1, max_size=8)
WORDS = st.lists(LETTERS, min_size=1, max_size=4).map(" ".join)
FAMILIES = st.text(st.characters(categories=["Lu"]), min_size=2, max_size=8).filter(
    lambda name: not re.fullmatch(r"[IVX]{1,4}|M\.?D", name)
)
SIGNS = [*"\\{}$%&~^_\"'`#@,=()-.;: \n", "a", "\\o", "\\url", "\\'", "{e}", " and ", "é", "\\em ", "\\href{a", "<i>"]
TEX = st.lists(st.sampled_from(SIGNS), max_size=25).map("".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(WORDS, st.lists(st.tuples(FAMILIES, WORDS), min_size=1, max_size=4)), min_size=1, max_size=4))
def test_what_is_well_formed_comes_through_whole(made):
    text = "\n".join(
        f'@article{{k{n}, title = {{{title}}}, author = "{" and ".join(f"{a}, {b}" for a, b in names)}", year = 2020}}'
        for n, (title, names) in enumerate(made)
    )

    def whole(said):
        return unicodedata.normalize("NFC", said)

    found = works(text).entries
    assert [(plain(work.title), list(work.authors)) for work in found.values()] == [
        (whole(title), [Name(whole(family), whole(given)) for family, given in names]) for title, names in made
    ]


@settings(max_examples=250, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["misc", "string", "preamble", "comment", ""]), TEX, TEX, TEX), max_size=4))
def test_no_bibliography_breaks_the_reader(made):
    text = "\n".join(f"@{kind}{{k{n}, title = {{{a}}}, author = {b}, {c}}}" for n, (kind, a, b, c) in enumerate(made))
    found, _ = parse({"r.bib": text})
    for work in in_order(found.entries.values()):
        ElementTree.fromstring(f"<p>{render(work, work.year)}</p>".replace("\x0c", ""))
    found.unused(found.years(found.entries))
