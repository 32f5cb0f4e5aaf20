// The words of a key are drawn from these 256 syllables of Pinyin without tones: whoever types Chinese types them
// without an error. 12 of them are 96 bits. The list never changes: a shorter one would make weaker words.
export const SYLLABLES = `
bai ban bang bao bei bian biao bie bin bing cai can cang cao cha chai chan chang chao chen cheng chi
chong chou chu chuan chuang chui chun cong cui cun dai dan dang dao dian diao die ding dong dou duan dui
dun duo fan fang fei fen feng gai gan gang gao geng gong gou gua guai guan guang gui gun guo hai han
hang hao heng hong hou hua huai huan huang hui hun huo jia jian jiang jiao jie jin jing jiu juan jue jun
kai kan kang kao kong kou kua kuai kuan kuang kui kun kuo lai lan lang lao lei leng lian liang liao lie
lin ling liu long lou lun luo mai man mang mao mei men meng mian miao min ming mou nai nan nao nei nian
niao ning niu nong pai pan pang pao pei pen peng pian piao pin ping qian qiang qiao qie qin qing qiong
qiu quan que qun ran rang rao ren rong rou ruan rui run ruo sai san sao shai shan shang shao she shen
sheng shi shou shu shuang shui shun shuo song suan suo tai tan tang tao tian tiao tie ting tong tou tuan
tui tun tuo wai wan wang wei wen xia xian xiang xiao xie xin xing xiong xiu xuan xue xun yan yang yao
yin ying yong you yuan yue yun zai zao zha zhai zhan zhang zhao zhe zhen zheng zhi zhong zhou zhu zhuan
zhuang zhui zhun zhuo zong zou zun`.trim().split(/\s+/);
export const COUNT = 12;

// One random byte for each word; 256 divides evenly, so that all are equally likely
export const draw = () =>
  Array.from(globalThis.crypto.getRandomValues(new Uint8Array(COUNT)), byte => SYLLABLES[byte]);
// What was typed, in the one spelling from which the key is made: lower case, one space between words
export const plain = typed => typed.normalize("NFKC").trim().toLowerCase().split(/\s+/).join(" ");
